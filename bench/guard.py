"""Compares the figures of a guard run with guard.json: guard.py FIGURES GUARD RESULTS COMMIT LABEL. Ends with 1 when one is out of its bounds."""
import datetime
import json
import pathlib
import statistics
import sys

figures, guard, results, commit, label = sys.argv[1:6]
rounds: dict[str, list[float]] = {}
for line in pathlib.Path(figures).read_text().splitlines():
    name, value = line.split()
    rounds.setdefault(name, []).append(float(value))
bounds = json.loads(pathlib.Path(guard).read_text())["figures"]

now = datetime.datetime.now(datetime.timezone.utc)
document = {"at": now.isoformat(timespec="seconds"), "commit": commit, "label": label, "figures": {}}
broken = 0
print(f"{'figure':34} {'median':>9} {'rounds':>26} {'guard':>9} {'bound':>9}")
for name, values in rounds.items():
    median = round(statistics.median(values), 3)
    document["figures"][name] = {"median": median, "rounds": values}
    bound = bounds.get(name)
    verdict, recorded, limit = "no bound", "", ""
    if bound:
        lower_is_better = bound["better"] == "lower"
        recorded = bound["value"]
        limit = round(recorded * (1 + bound["tolerance"] if lower_is_better else 1 - bound["tolerance"]), 3)
        good = median <= limit if lower_is_better else median >= limit
        verdict = "" if good else "OUT OF BOUNDS"
        broken += not good
    print(f"{name:34} {median:>9} {' '.join(f'{v:g}' for v in values):>26} {recorded:>9} {limit:>9} {verdict}")
for name in bounds.keys() - rounds.keys():
    print(f"{name:34} not measured")
path = pathlib.Path(results) / f"{now:%Y%m%dT%H%M%SZ}-{commit}.json"
path.write_text(json.dumps(document, indent=2) + "\n")
print(f"written: {path.name}")
sys.exit(1 if broken else 0)
