using System.Buffers.Binary;
using System.Text;

namespace Ingestion.Tests.EndToEnd.Telemetry;

/// <summary>A message of Protocol Buffers, read by the numbers of its fields.</summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Number, ulong Value, ReadOnlyMemory<byte> Bytes)> _fields = [];

    public ProtoMessage(ReadOnlyMemory<byte> message)
    {
        while (!message.IsEmpty)
        {
            var key = Varint(ref message);
            var number = (int)(key >> 3);
            var (value, bytes) = (key & 7) switch
            {
                0 => (Varint(ref message), default),
                1 => (BinaryPrimitives.ReadUInt64LittleEndian(Take(ref message, 8).Span), default),
                2 => (0UL, Take(ref message, (int)Varint(ref message))),
                5 => (BinaryPrimitives.ReadUInt32LittleEndian(Take(ref message, 4).Span), default(ReadOnlyMemory<byte>)),
                var wire => throw new InvalidDataException($"Wire type {wire}."),
            };
            _fields.Add((number, value, bytes));
        }
    }

    public ulong Number(int field) => _fields.LastOrDefault(each => each.Number == field).Value;

    public string Text(int field) => Encoding.UTF8.GetString(_fields.LastOrDefault(each => each.Number == field).Bytes.Span);

    public string Hex(int field) => Convert.ToHexStringLower(_fields.LastOrDefault(each => each.Number == field).Bytes.Span);

    public bool Has(int field) => _fields.Exists(each => each.Number == field);

    public IEnumerable<ProtoMessage> All(int field) => _fields.Where(each => each.Number == field).Select(each => new ProtoMessage(each.Bytes));

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> message, int length)
    {
        var taken = message[..length];
        message = message[length..];
        return taken;
    }

    private static ulong Varint(ref ReadOnlyMemory<byte> message)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = Take(ref message, 1).Span[0];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }
    }
}
