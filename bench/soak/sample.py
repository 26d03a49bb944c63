"""A silo every five seconds: sample.py URL CSV. What is not known yet is an empty field."""
import re, sys, time, urllib.request

PERIOD = 5
NAMES = ('seconds', 'rss', 'anonymous', 'floor_managed', 'floor_native', 'leak_managed', 'leak_native', 'level', 'grains', 'sockets')


def metrics(url):
    found = {}
    with urllib.request.urlopen(url + '/metrics', timeout=4) as answer:
        for line in answer.read().decode().splitlines():
            match = re.match(r'(\w+)(\{[^}]*\})? (\S+)', line)
            if not match:
                continue
            name, tags, value = match.groups()
            kind = re.search(r'ingestion_memory_kind="(\w+)"', tags or '')
            name += '.' + kind[1] if kind else ''
            found[name] = found.get(name, 0) + float(value)
    return found


def row(found):
    def mib(name):
        return f'{found[name] / 1048576:.1f}' if name in found else ''

    def plain(name):
        return f'{found[name]:.0f}' if name in found else ''

    return (mib('ingestion_memory_usage_bytes'), mib('ingestion_memory_anonymous_usage_bytes'), mib('ingestion_memory_floor_usage_bytes.managed'),
            mib('ingestion_memory_floor_usage_bytes.native'), plain('ingestion_memory_leak.managed'), plain('ingestion_memory_leak.native'),
            plain('ingestion_memory_level'), plain('ingestion_grain_active'), plain('ingestion_socket_active'))


began = time.monotonic()
with open(sys.argv[2], 'w', buffering=1) as out:
    print(','.join(NAMES), file=out)
    due = began
    while True:
        try:
            print(f'{time.monotonic() - began:.0f}', *row(metrics(sys.argv[1])), sep=',', file=out)
        except OSError:
            pass
        due = max(due + PERIOD, time.monotonic())
        time.sleep(max(0, due - time.monotonic()))
