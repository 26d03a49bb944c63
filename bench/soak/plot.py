"""What a soak has shown: plot.py CSV SVG. Prints the growth of the floor, by a fit over the second half, and the average and highest RSS; draws both."""
import csv, sys

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 960, 360, 60, 20, 40, 50
COLOURS = {'RSS': '#1f77b4', 'anonymous': '#ff7f0e', 'floor': '#2ca02c'}


def read(path):
    with open(path) as file:
        rows = [{name: float(value) if value else None for name, value in row.items()} for row in csv.DictReader(file) if None not in row.values()]
    for row in rows:
        known = row['floor_managed'] is not None and row['floor_native'] is not None
        row['floor'] = row['floor_managed'] + row['floor_native'] if known else None
    return rows


def series(rows, name):
    return [(row['seconds'] / 3600, row[name]) for row in rows if row[name] is not None]


def slope(points):
    """Least squares; None where there is nothing to fit."""
    if len({value for _, value in points}) < 2:
        return None
    mean_x, mean_y = (sum(point[axis] for point in points) / len(points) for axis in (0, 1))
    below = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / below if below else None


def say(rows):
    half = rows[-1]['seconds'] / 2
    late = [row for row in rows if row['seconds'] >= half]
    for name in ('floor_managed', 'floor_native', 'floor', 'anonymous', 'rss'):
        grows = slope(series(late, name))
        # A mebibyte is 1.048576 MB.
        print(f"growth of {name.replace('_', ', ')}: " + ('not known yet: fewer than two floors' if grows is None else f'{grows * 1.048576:+.1f} MB/h'))
    rss = [value for _, value in series(rows, 'rss')]
    print(f'RSS: average {sum(rss) / len(rss):.0f} MiB, at most {max(rss):.0f} MiB; leak verdict at most '
          f"{max((int(row[name]) for row in rows for name in ('leak_managed', 'leak_native') if row[name] is not None), default=0)}; {len(rows)} samples")


def draw(rows, path):
    hours, most = max(rows[-1]['seconds'] / 3600, 1 / 3600), 1.1 * max(row['rss'] for row in rows if row['rss'] is not None)

    def at(x, y):
        return (LEFT + x / hours * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - y / most * (HEIGHT - TOP - BOTTOM))

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>']
    for part in range(6):
        x, y = at(hours * part / 5, most * part / 5)
        out.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="#ddd"/>')
        out.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{most * part / 5:.0f}</text>')
        out.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{hours * 60 * part / 5:.0f}</text>')
    out.append(f'<text x="{LEFT}" y="18">MiB</text><text x="{WIDTH - RIGHT}" y="{HEIGHT - 10}" text-anchor="end">minutes</text>')
    for place, (label, name) in enumerate((('RSS', 'rss'), ('anonymous', 'anonymous'), ('floor', 'floor'))):
        points = ' '.join('{:.1f},{:.1f}'.format(*at(x, y)) for x, y in thin(series(rows, name)))
        out.append(f'<polyline points="{points}" fill="none" stroke="{COLOURS[label]}" stroke-width="1.5"/>')
        out.append(f'<text x="{LEFT + 60 + 110 * place}" y="18" fill="{COLOURS[label]}">{label}</text>')
    with open(path, 'w') as file:
        file.write('\n'.join(out) + '\n</svg>\n')


def thin(points):
    """No more points than there are pixels: of each group the highest, so that no peak is lost."""
    size = max(1, len(points) // WIDTH + 1)
    return [max(points[i:i + size], key=lambda point: point[1]) for i in range(0, len(points), size)]


def record(rows, commit):
    """The founding numbers, as figures with targets."""
    import os
    from pathlib import Path
    if os.environ.get('RECORD') != '1':
        return
    sys.path.insert(0, str(Path(__file__).parent.parent))
    import record as results
    rss = [value for _, value in series(rows, 'rss')]
    grows = slope(series([row for row in rows if row['seconds'] >= rows[-1]['seconds'] / 2], 'floor'))
    words = [f'average RSS MiB={sum(rss) / len(rss):.0f}<=350', f'highest RSS MiB={max(rss):.0f}<=512']
    words += [f'growth of the floor MB/h={grows * 1.048576:.1f}<=10'] if grows is not None else []
    print(f"written: {results.write('soak figures', commit, results.figures(words)).name}")


found = read(sys.argv[1])
if len(found) < 2:
    sys.exit('the silo was not seen often enough')
say(found)
draw(found, sys.argv[2])
record(found, sys.argv[3] if len(sys.argv) > 3 else 'unknown')
