/** A place in a journal, `epoch:offset`, behind it `~number` where broadcasts are in it. */
export function parse(cursor) {
  const [, epoch, offset] = /^(.*):(\d+)(?:~\d+)?$/.exec(cursor ?? '') ?? []
  return epoch === undefined ? null : { epoch, offset: Number(offset) }
}

export function distance(from, to) {
  const [a, b] = [parse(from), parse(to)]
  return a && b && a.epoch === b.epoch ? Math.max(0, b.offset - a.offset) : 0
}

export function isSeen(cursor, place) {
  const [a, b] = [parse(cursor), parse(place)]
  return a !== null && b !== null && a.epoch === b.epoch && a.offset <= b.offset
}
