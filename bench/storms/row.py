"""One row of a storm: row.py NAME=VALUE… Prints it with a verdict, and writes its p99 to the reference file when that is not there yet. Ends with 1 when a
must is missed."""
import json, os, re, sys

PEAK, LATER, REGRET, RATIO = 1.15, 0.60, 0.10, 2.0
row = dict(pair.split('=', 1) for pair in sys.argv[1:])


def number(name):
    return float(row[name]) if row.get(name) else None


samples = [tuple(map(int, line.split())) for line in open(row['samples']) if line.count(' ') == 2 and line.endswith('\n')]
silo = max((sample[0] for sample in samples), default=0)
tree = max((sample[2] for sample in samples), default=0)
budget, limit, later = number('budget'), number('limit'), number('later')
shed, returned = number('shed') or 0, number('returned') or 0
regret = returned / shed if shed else 0
acknowledged, gone, changed = map(int, re.findall(r'\d+', row['kept'])) if row['kept'] else (0, -1, -1)

# The first row of a storm is that of ten times the budget, where the governor has nothing to do.
other, is_reference = {}, False
if row.get('reference'):
    if os.path.exists(row['reference']):
        with open(row['reference']) as file:
            other = json.load(file)
    else:
        is_reference = True
        with open(row['reference'], 'w') as file:
            json.dump({'read': number('read'), 'upload': number('upload')}, file)


def ratio(kind):
    return number(kind) / other[kind] if other.get(kind) and number(kind) else None


def time(kind):
    mine = number(kind)
    if mine is None:
        return f'{kind} none'
    return f'{kind} {mine:.1f} ms' + (f' ({ratio(kind):.2f} x)' if ratio(kind) else '')


ends = row['ends'].split()
musts = {
    'lost': acknowledged > 0 and gone == 0 and changed == 0,
    'failed': number('failed') == 0 or bool(row.get('expected')),
    'ended': ends == row.get('expected', '').split(),
    'OOM kill': not number('kills'),
    'load': row.get('load') == '0',
}
if not is_reference:
    musts |= {
        'peak': silo <= PEAK * budget,
        'tree': tree <= limit,
        'later': later < LATER * budget,
        'regret': regret < REGRET,
        # Where none has succeeded there is no time either.
        'p99 read': bool(number('read')) and (ratio('read') or 0) <= RATIO,
        'p99 upload': bool(number('upload')) and (ratio('upload') or 0) <= RATIO,
    }
missed = [name for name, met in musts.items() if not met]
verdict = 'MISSED: ' + ', '.join(missed) if missed else 'ok'
kernel = f"cgroup charged {row['charged'] or '?'} of {limit:.0f}, {row['kills'] or 0} OOM kills; " if row.get('charged') or row.get('kills') else ''
print(f"{row['name']} {row['size']} MiB: budget {budget:.0f}, RSS {row['before']}, silo at most {silo}, tree {tree}, later {later:.0f} MiB; {kernel}"
      f"honest p99 {time('read')}, {time('upload')}, {row['goodput'] or 0} done/s, {row['refused'] or 0} refused, {row['failed'] or 0} failed; "
      f"shed {shed:.0f}, regret {100 * regret:.1f} %, grains {row['grains']}; acknowledged {acknowledged}, gone {gone}, changed {changed}"
      + (f"; ended with {' '.join(ends)}" if ends else '') + f'; {verdict}', flush=True)
if row.get('table'):
    with open(row['table'], 'a') as file:
        print(f"{row['name']:<22} {silo:>6} {later:>6.0f} {row.get('crowd') or 0:>8} {row['goodput'] or 0:>8} {row['read'] or '-':>9} "
              f"{row['upload'] or '-':>9} {row['refused'] or 0:>8} {row['failed'] or 0:>7} {shed:>8.0f} {100 * regret:>7.1f}", file=file)

def record():
    """The musts, as figures with targets."""
    from pathlib import Path
    sys.path.insert(0, str(Path(__file__).parent.parent))
    import record as results
    words = [f'peak MiB={silo}<={PEAK * budget:.0f}', f'later MiB={later:.0f}<={LATER * budget:.0f}', f'regret %={100 * regret:.1f}<={100 * REGRET:.0f}',
             f'lost={gone + changed}<=0', f"failed={number('failed') or 0:.0f}<=0"]
    words += [f'p99 {kind} to ten times the budget={ratio(kind):.2f}<={RATIO:.0f}' for kind in ('read', 'upload') if ratio(kind)]
    print(f"    written: {results.write('storm ' + row['name'] + ' ' + row['size'], row.get('commit') or 'unknown', results.figures(words)).name}")


if os.environ.get('RECORD') == '1' and not is_reference:
    record()
sys.exit(bool(missed))
