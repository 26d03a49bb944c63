using System.Buffers.Binary;

namespace Ingestion.Tests.Unit.Status.Framing;

/// <summary>Frames as a client sends them: masked.</summary>
internal static class ClientFrames
{
    private static readonly byte[] _mask = [0x12, 0x34, 0x56, 0x78];

    public static byte[] Of(int opcode, byte[] payload, bool final = true)
    {
        var head = new List<byte> { (byte)((final ? 0x80 : 0) | opcode) };
        if (payload.Length < 126)
        {
            head.Add((byte)(0x80 | payload.Length));
        }
        else
        {
            head.Add(0x80 | 126);
            var length = new byte[2];
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)payload.Length);
            head.AddRange(length);
        }

        return [.. head, .. _mask, .. payload.Select((b, i) => (byte)(b ^ _mask[i % 4]))];
    }

    /// <summary>A text message in some fragments, with pings in between.</summary>
    public static byte[] InPieces(byte[] payload, Random random)
    {
        var bytes = new List<byte>();
        var at = 0;
        do
        {
            var count = Math.Min(random.Next(0, payload.Length + 1), payload.Length - at);
            if (random.Next(3) == 0)
                count = payload.Length - at;
            bytes.AddRange(Of(at == 0 && bytes.Count == 0 ? 0x1 : 0x0, payload[at..(at + count)], final: at + count == payload.Length));
            at += count;
            if (at < payload.Length && random.Next(3) == 0)
                bytes.AddRange(Of(0x9, [1, 2, 3]));
            if (count == 0 && at < payload.Length)
                continue;
        }
        while (at < payload.Length);

        return [.. bytes];
    }
}
