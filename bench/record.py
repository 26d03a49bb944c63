"""Results of benchmarks as JSON: record.py BENCH COMMIT NAME=VALUES[<=TARGET | >=TARGET]… writes bench/results/TIME-COMMIT-BENCH.json. VALUES are one number or
several with commas between, one a round. Only with RECORD=1: a run on a busy machine is not worth keeping. BENCH is what the plot is called."""
import datetime, json, os, pathlib, re, statistics, sys

RESULTS = pathlib.Path(__file__).parent / 'results'
FIGURE = re.compile(r'(?P<name>[^=<>]+)=(?P<values>-?[0-9.]+(?:,-?[0-9.]+)*)(?:(?P<way><=|>=)(?P<target>-?[0-9.]+))?$')


def machine():
    def first(path, name):
        try:
            with open(path) as file:
                return next((line.split(':', 1)[1].strip() for line in file if line.startswith(name)), '')
        except OSError:
            return ''
    memory = first('/proc/meminfo', 'MemTotal').split()
    return {'cpu': first('/proc/cpuinfo', 'model name'), 'cores': os.cpu_count(), 'memory_mib': int(memory[0]) // 1024 if memory else None}


def figures(words):
    found = {}
    for word in words:
        match = FIGURE.fullmatch(word)
        if not match:
            sys.exit(f'record.py: {word} is not NAME=VALUES, NAME=VALUES<=TARGET or NAME=VALUES>=TARGET')
        values = [float(value) for value in match['values'].split(',')]
        found[match['name']] = {'median': round(statistics.median(values), 3), 'rounds': values, 'spread': round(max(values) - min(values), 3)}
        if match['target']:
            found[match['name']] |= {'target': float(match['target']), 'better': 'lower' if match['way'] == '<=' else 'higher'}
    return found


def write(bench, commit, found, now=None):
    now = now or datetime.datetime.now(datetime.timezone.utc)
    document = {'at': now.isoformat(timespec='seconds'), 'commit': commit, 'bench': bench, 'machine': machine(), 'figures': found}
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f'{now:%Y%m%dT%H%M%SZ}-{commit}-{re.sub(r"[^a-z0-9]+", "-", bench.lower())}.json'
    path.write_text(json.dumps(document, indent=2) + '\n')
    return path


if __name__ == '__main__':
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    measured = figures(sys.argv[3:])
    if os.environ.get('RECORD') == '1':
        print(f'written: {write(sys.argv[1], sys.argv[2], measured).name}')
