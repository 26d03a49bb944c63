"""Called by webhooks.sh: webhooks-load.py SILO_URL TOKEN PORT PID [SECONDS=60] [EVENTS_PER_SECOND=100] [SLOW=0.05]

Events come at a steady rate (uploads that begin and are cancelled: two each), and a receiver on this machine takes its time for each. Prints what came, in which order,
how far behind it was, and what the silo took."""
import collections, http.client, http.server, json, os, sys, threading, time

url, token, port, pid = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
seconds, rate, slow = (float(sys.argv[i]) if len(sys.argv) > i else default for i, default in ((5, 60), (6, 100), (7, 0.05)))
host = url.removeprefix('http://')
got, lags, gate = [], [], threading.Lock()


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
        time.sleep(slow)
        with gate:
            got.append((event['id'], event['subject'], event['type']))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def call(connection, method, path, body=None, **headers):
    connection.request(method, path, body, {'Authorization': f'Bearer {token}', **headers})
    answer = connection.getresponse()
    content = answer.read()
    assert answer.status < 300, (answer.status, content)
    return answer, content


def produce(number, workers, until):
    connection, tus = http.client.HTTPConnection(host), {'Tus-Resumable': '1.0.0'}
    pause, turn = 2 * workers / rate, time.monotonic() + number * 2 / rate
    while turn < until:
        time.sleep(max(0, turn - time.monotonic()))
        answer, _ = call(connection, 'POST', '/api/uploads', **tus, **{'Upload-Length': '10', 'Content-Length': '0'})
        call(connection, 'DELETE', answer.getheader('Location').removeprefix(url), **tus)
        with gate:
            made.append(1)
        turn += pause


def usage():
    ticks = open(f'/proc/{pid}/stat').read().rsplit(')', 1)[1].split()
    rss = next(int(line.split()[1]) for line in open(f'/proc/{pid}/status') if line.startswith('VmRSS'))
    return (int(ticks[11]) + int(ticks[12])) / os.sysconf('SC_CLK_TCK'), rss / 1024


made = []
server = http.server.ThreadingHTTPServer(('127.0.0.1', port), Receiver)
server.request_queue_size = 64
threading.Thread(target=server.serve_forever, daemon=True).start()
control = http.client.HTTPConnection(host)
call(control, 'POST', '/api/webhooks', json.dumps({'url': f'http://127.0.0.1:{port}/'}), **{'Content-Type': 'application/json'})
start, (cpu, rss) = time.monotonic(), usage()
workers = [threading.Thread(target=produce, args=(i, 4, start + seconds)) for i in range(4)]
[worker.start() for worker in workers]
peak, webhook, samples = rss, None, 0
while any(worker.is_alive() for worker in workers) or webhook is None or webhook['pending'] > 0 or len(got) < 2 * len(made):
    time.sleep(1)
    webhook = json.loads(call(control, 'GET', '/api/webhooks')[1])['items'][0]
    lags.append(webhook['lag'])
    peak = max(peak, usage()[1])
    samples += 1
    if samples % 10 == 0:
        print(f'  {samples:3} s: {len(got)} came, {webhook["pending"]} wait, lag {webhook["lag"]:.2f} s', flush=True)
    assert samples < 4 * seconds + 60, f'{len(got)} of {2 * len(made)} came'
took, busy = time.monotonic() - start, usage()[0] - cpu
of_video = collections.defaultdict(list)
for _, video, kind in got:
    of_video[video].append(kind)
ordered = sum(kinds == ['upload.created', 'upload.cancelled'] for kinds in of_video.values())
print(f'events {2 * len(made)} at {2 * len(made) / seconds:.0f}/s, receiver {1000 * slow:.0f} ms: {len(got)} came, {len({e for e, _, _ in got})} different, '
      f'{ordered} of {len(made)} videos once and in order, missed {webhook["missed"]}')
print(f'lag p50 {sorted(lags)[len(lags) // 2]:.2f} s, max {max(lags):.2f} s; over after {took:.0f} s; silo: CPU {100 * busy / took:.0f} % of a core, RSS {rss:.0f} → at most {peak:.0f} MiB')
