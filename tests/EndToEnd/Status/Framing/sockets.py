"""A WebSocket client of Python's standard library alone: raw sockets, frames by hand. Arguments: port and token.

Prints one line for each exchange: "ok" or "WRONG", its name, and what came. Ends with "N of N".
"""
import base64
import hashlib
import json
import os
import socket
import struct
import sys

PORT, TOKEN = int(sys.argv[1]), sys.argv[2]
GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def frame(opcode, payload=b'', final=True, masked=True, reserved=0):
    head = bytes([(0x80 if final else 0) | reserved << 4 | opcode])
    size = len(payload)
    flag = 0x80 if masked else 0
    if size < 126:
        head += bytes([flag | size])
    elif size < 65536:
        head += bytes([flag | 126]) + struct.pack('>H', size)
    else:
        head += bytes([flag | 127]) + struct.pack('>Q', size)
    if not masked:
        return head + payload
    mask = os.urandom(4)
    return head + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload))


class Client:
    def __init__(self, protocols='ingestion.v1', authorization=True, **changed):
        self.key = base64.b64encode(os.urandom(16)).decode()
        fields = {'Host': f'127.0.0.1:{PORT}', 'Connection': 'Upgrade', 'Upgrade': 'websocket', 'Sec-WebSocket-Version': '13',
                  'Sec-WebSocket-Key': self.key, 'Sec-WebSocket-Protocol': protocols}
        if authorization:
            fields['Authorization'] = f'Bearer {TOKEN}'
        fields.update({name.replace('_', '-'): value for name, value in changed.items()})
        self.socket = socket.create_connection(('127.0.0.1', PORT), timeout=30)
        lines = [f'{name}: {value}' for name, value in fields.items() if value is not None]
        self.socket.sendall('\r\n'.join(['GET /ws HTTP/1.1', *lines, '', '']).encode())
        self.stream = self.socket.makefile('rb')
        self.status = int(self.stream.readline().split()[1])
        self.fields = {}
        while (line := self.stream.readline().strip()):
            name, value = line.decode().split(':', 1)
            self.fields[name.lower()] = value.strip()

    def next(self):
        """Opcode and payload; None at the end."""
        head = self.stream.read(2)
        if len(head) < 2:
            return None
        assert not head[1] & 0x80, 'a server masks nothing'
        size = head[1]
        if size == 126:
            size, = struct.unpack('>H', self.stream.read(2))
        elif size == 127:
            size, = struct.unpack('>Q', self.stream.read(8))
        return head[0] & 0x0F, self.stream.read(size)

    def say(self, *frames):
        """Sends these, and returns what comes back up to the end: ops, pongs and the code of the close."""
        self.socket.sendall(b''.join(frames))
        said = []
        while (message := self.next()):
            opcode, payload = message
            if opcode == CLOSE:
                said.append(struct.unpack('>H', payload[:2])[0])
                try:
                    self.socket.sendall(frame(CLOSE, payload[:2]))
                except OSError:
                    pass
            elif opcode == PONG:
                said.append(payload)
            elif (op := json.loads(payload)['op']) not in ('hello', 'ping', 'bye'):
                said.append(op)
        self.socket.close()
        return said


def close(code, reason=b''):
    return frame(CLOSE, struct.pack('>H', code) + reason)


passed = total = 0


def check(name, wanted, came):
    global passed, total
    total += 1
    passed += wanted == came
    print('ok   ' if wanted == came else 'WRONG', name, '->', came)


PING_OP = b'{"op":"ping","ts":1}'
opened = Client()
check('accept', base64.b64encode(hashlib.sha1((opened.key + GUID).encode()).digest()).decode(), opened.fields['sec-websocket-accept'])
check('a message', ['pong', 1000], opened.say(frame(TEXT, PING_OP), close(1000)))
check('a message in pieces with a ping', [b'hi', 'pong', 1000],
      Client().say(frame(TEXT, PING_OP[:7], final=False), frame(PING, b'hi'), frame(0, PING_OP[7:]), close(1000)))
check('an odd value', ['err', 'pong', 1000], Client().say(frame(TEXT, b'{"op":"ping","ts":"1"}'), frame(TEXT, PING_OP), close(1000)))
check('no JSON', [4000], Client().say(frame(TEXT, b'ping')))
check('binary', [4000], Client().say(frame(BINARY, PING_OP)))
check('a frame that is too large', [4000], Client().say(frame(TEXT, PING_OP.ljust(65537))))
for code in (1000, 1001, 3005, 4999):
    check(f'close {code} comes back', [code], Client().say(close(code)))
check('close without a code', [1000], Client().say(frame(CLOSE)))
for code in (0, 999, 1004, 1005, 1006, 1015, 2999, 5000):
    check(f'close {code} is nobody\'s', [1002], Client().say(close(code)))
check('close with one byte', [1002], Client().say(frame(CLOSE, b'\x03')))
check('a reason that is no UTF-8', [1007], Client().say(close(1000, b'\xff')))
for name, text in {'0xff': b'\xff', 'a surrogate': b'\xed\xa0\x80', 'overlong': b'\xc0\xaf', 'above 10FFFF': b'\xf4\x90\x80\x80'}.items():
    check(f'text with {name}', [1007], Client().say(frame(TEXT, b'{"op":"ping","x":"' + text + b'"}')))
check('no mask', [1002], Client().say(frame(TEXT, PING_OP, masked=False)))
check('a reserved bit', [1002], Client().say(frame(TEXT, PING_OP, reserved=4)))
check('a long ping', [1002], Client().say(frame(PING, b'a' * 126)))
for name, changed, status in (('no Upgrade', {'Upgrade': None}, 426), ('version 8', {'Sec_WebSocket_Version': '8'}, 426),
                              ('no version', {'Sec_WebSocket_Version': None}, 426), ('no key', {'Sec_WebSocket_Key': None}, 400)):
    refused = Client(**changed)
    check(name, (status, '13'), (refused.status, refused.fields.get('sec-websocket-version')))
    if status == 426:
        check(name + ': Upgrade', 'websocket', refused.fields.get('upgrade'))


def as_page(token):
    return Client(f'ingestion.v1, bearer.{base64.urlsafe_b64encode(token.encode()).decode().rstrip("=")}', authorization=False)


check('a good token of a page', ['pong', 1000], as_page(TOKEN).say(frame(TEXT, PING_OP), close(1000)))
check('a bad token of a page', (101, [4001]), (lambda page: (page.status, page.say() if page.status == 101 else None))(as_page(TOKEN[:-4] + 'AAAA')))
check('a bad token in the header', 401, Client(Authorization='Bearer a.b.c').status)
print(f'{passed} of {total}')
