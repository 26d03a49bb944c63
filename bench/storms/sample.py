"""Memory of a silo and of all processes below it: sample.py PID-FILE OUT. Ten times a second a line of the most that the silo's RSS has been, its RSS now, and
the RSS of the tree, in MiB. The file of the process id is read each time: the silo may be started again meanwhile."""
import sys, time

PAGE = 4096


def parents():
    import os
    found = {}
    for name in os.listdir('/proc'):
        if not name.isdigit():
            continue
        try:
            with open(f'/proc/{name}/stat') as file:
                fields = file.read().rsplit(')', 1)[1].split()
            found[int(name)] = (int(fields[1]), int(fields[21]) * PAGE)
        except (OSError, IndexError):
            pass
    return found


def tree(root):
    """A process whose parent has ended belongs to another tree by then: tools end with their supervisor."""
    found = parents()
    total = 0
    for pid, (parent, rss) in found.items():
        while pid not in (0, 1, root):
            pid, parent = parent, found.get(parent, (0, 0))[0]
        if pid == root:
            total += rss
    return total


def status(pid):
    values = {}
    with open(f'/proc/{pid}/status') as file:
        for line in file:
            if line.startswith(('VmHWM:', 'VmRSS:')):
                values[line[:5]] = int(line.split()[1]) * 1024
    return values.get('VmHWM', 0), values.get('VmRSS', 0)


with open(sys.argv[2], 'w', buffering=1) as out:
    following = time.monotonic()
    while True:
        try:
            with open(sys.argv[1]) as file:
                pid = int(file.read())
            peak, rss = status(pid)
            print(*(round(size / 1048576) for size in (peak, rss, tree(pid))), file=out)
        except (OSError, ValueError):
            pass
        following = max(following + 0.1, time.monotonic())
        time.sleep(max(0, following - time.monotonic()))
