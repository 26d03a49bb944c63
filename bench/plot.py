"""Plots of docs/measuring.md from bench/results: plot.py. One picture a benchmark, docs/measuring/BENCH.svg: a row a figure, which has a scale of its own from 0;
a bar a run, with its rounds as a line, beside the target. Green meets it, red does not, blue has none."""
import json, pathlib, re, sys
from xml.sax.saxutils import escape

ROOT = pathlib.Path(__file__).parent.parent
WIDTH, ROW, LEFT, PLOT, TOP = 960, 34, 330, 420, 46
GOOD, BAD, PLAIN = '#2ca02c', '#d62728', '#1f77b4'


def results(folder):
    """Of each benchmark its documents, oldest first. Files of the guard name no benchmark."""
    found = {}
    for path in sorted(folder.glob('*.json')):
        document = json.loads(path.read_text())
        found.setdefault(document.get('bench', 'guard'), []).append(document)
    return found


def bounds():
    """The guard keeps its bounds apart."""
    path = ROOT / 'bench' / 'guard.json'
    return {name: {'target': bound['value'] * (1 + bound['tolerance'] if bound['better'] == 'lower' else 1 - bound['tolerance']), 'better': bound['better']}
            for name, bound in json.loads(path.read_text())['figures'].items()} if path.exists() else {}


def history(documents, known):
    """By figure: the values, and the newest target."""
    figures = {}
    for document in documents:
        for name, figure in document['figures'].items():
            entry = figures.setdefault(name, {'points': [], **known.get(name, {})})
            entry['points'].append((document['at'][:10], document['commit'], figure['median'], figure['rounds']))
            entry |= {key: figure[key] for key in ('target', 'better') if key in figure}
    return figures


def is_met(figure):
    value = figure['points'][-1][2]
    return value <= figure['target'] if figure['better'] == 'lower' else value >= figure['target']


def draw(bench, figures):
    height = TOP + ROW * len(figures) + 16
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="12">',
           f'<rect width="{WIDTH}" height="{height}" fill="white"/>', f'<text x="12" y="22" font-size="15">{escape(bench)}</text>',
           f'<text x="{LEFT}" y="38" fill="#666">each run, oldest left; the line is the target</text>',
           f'<text x="{LEFT + PLOT + 20}" y="38" fill="#666">newest (target)</text>']
    for place, (name, figure) in enumerate(figures.items()):
        top, points = TOP + ROW * place, figure['points']
        target = figure.get('target')
        colour = PLAIN if target is None else GOOD if is_met(figure) else BAD
        most = max([*(max(rounds) for *_, rounds in points), target or 0]) or 1
        level = lambda value: top + ROW - 8 - (ROW - 14) * max(0, value) / most
        out.append(f'<text x="12" y="{top + 22}">{escape(name)}</text>')
        if target is not None:
            out.append(f'<line x1="{LEFT}" y1="{level(target):.1f}" x2="{LEFT + PLOT}" y2="{level(target):.1f}" stroke="#888" stroke-dasharray="4 3"/>')
        width = min(60, PLOT / len(points))
        for index, (day, commit, value, rounds) in enumerate(points):
            x = LEFT + width * index
            out.append(f'<rect x="{x + 2:.1f}" y="{level(value):.1f}" width="{width - 4:.1f}" height="{top + ROW - 8 - level(value):.1f}" fill="{colour}">'
                       f'<title>{value:g} on {day}, {escape(commit)}</title></rect>')
            if len(rounds) > 1:
                middle = x + width / 2
                out.append(f'<line x1="{middle:.1f}" y1="{level(min(rounds)):.1f}" x2="{middle:.1f}" y2="{level(max(rounds)):.1f}" stroke="black"/>')
        said = f'{points[-1][2]:g}' + (f' ({"&#8804;" if figure["better"] == "lower" else "&#8805;"} {target:g})' if target is not None else '')
        out.append(f'<text x="{LEFT + PLOT + 20}" y="{top + 22}" fill="{colour}">{said}</text>')
    return '\n'.join(out) + '\n</svg>\n'


def main():
    folder = ROOT / 'docs' / 'measuring'
    folder.mkdir(exist_ok=True)
    found = results(ROOT / 'bench' / 'results')
    if not found:
        sys.exit('plot: bench/results is empty: run a benchmark with RECORD=1')
    for bench, documents in found.items():
        figures = history(documents, bounds() if bench == 'guard' else {})
        path = folder / f'{re.sub(r"[^a-z0-9]+", "-", bench.lower())}.svg'
        path.write_text(draw(bench, figures))
        missed = [name for name, figure in figures.items() if figure.get('target') is not None and not is_met(figure)]
        print(f'{path.relative_to(ROOT)}: {len(figures)} figures of {len(documents)} runs' + (f'; out of target: {", ".join(missed)}' if missed else ''))


if __name__ == '__main__':
    main()
