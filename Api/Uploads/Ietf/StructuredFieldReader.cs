using System.Globalization;

namespace Ingestion.Api.Uploads.Ietf;

/// <summary>What a value is.</summary>
internal enum BareItemType
{
    Integer,
    Boolean,
    ByteSequence,

    /// <summary>Decimals, strings, tokens and dates: known, so that they can be passed over, and never wanted.</summary>
    Other,
}

/// <summary>A value without its parameters.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Number">Of an integer; 1 or 0 of a Boolean.</param>
/// <param name="Bytes">Of a byte sequence; null otherwise.</param>
internal readonly record struct BareItem(BareItemType Type, long Number = 0, byte[]? Bytes = null);

/// <summary>The parsing algorithms of RFC 9651, section 4.2, over one field. A null is a failure, after which nothing more can be read.</summary>
internal ref struct StructuredFieldReader
{
    private const int LongestInteger = 15;
    private const int LongestDecimal = 12;
    private const int LongestFraction = 3;

    private ReadOnlySpan<char> _rest;
    private bool _failed;
    private bool _within;

    public StructuredFieldReader(string field) => _rest = field.AsSpan().Trim(' ');

    /// <summary>All was read, and well.</summary>
    public readonly bool IsAtEnd => !_failed && _rest.IsEmpty;

    /// <summary>An item with its parameters.</summary>
    public BareItem? ReadItem() => ReadBareItem() is { } item && SkipParameters() ? item : Fail();

    /// <summary>The next member of a dictionary; null at its end too. Inner lists are failures: no dictionary that is read here has one.</summary>
    public (string Key, BareItem Item)? ReadMember()
    {
        if (_within && !SkipComma())
            return null;
        _within = true;
        if (_rest.IsEmpty)
            return null;
        if (ReadKey() is not { } key)
            return FailMember();
        if (!Take('='))
            return SkipParameters() ? (key, new BareItem(BareItemType.Boolean, 1)) : FailMember();
        return ReadItem() is { } item ? (key, item) : null;
    }

    /// <summary>Between two members; there is none behind the last.</summary>
    private bool SkipComma()
    {
        _rest = _rest.TrimStart(" \t");
        if (_rest.IsEmpty)
            return false;
        if (Take(','))
        {
            _rest = _rest.TrimStart(" \t");
            if (!_rest.IsEmpty)
                return true;
        }

        _failed = true;
        return false;
    }

    private bool SkipParameters()
    {
        while (Take(';'))
        {
            _rest = _rest.TrimStart(' ');
            if (ReadKey() is null || (Take('=') && ReadBareItem() is null))
                return false;
        }

        return true;
    }

    private string? ReadKey()
    {
        if (_rest.IsEmpty || !(char.IsAsciiLetterLower(_rest[0]) || _rest[0] == '*'))
            return null;
        return Cut(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-' or '.' or '*').ToString();
    }

    private BareItem? ReadBareItem()
    {
        if (_rest.IsEmpty)
            return null;
        return _rest[0] switch
        {
            '-' or (>= '0' and <= '9') => ReadNumber(),
            '?' => ReadBoolean(),
            ':' => ReadBytes(),
            '"' => ReadString(),
            '@' => ReadDate(),
            '*' or (>= 'A' and <= 'Z') or (>= 'a' and <= 'z') => ReadToken(),
            _ => null,
        };
    }

    private BareItem? ReadNumber()
    {
        var isNegative = Take('-');
        var digits = Cut(char.IsAsciiDigit);
        if (digits.IsEmpty)
            return null;
        if (Take('.'))
        {
            var fraction = Cut(char.IsAsciiDigit);
            return digits.Length <= LongestDecimal && fraction.Length is > 0 and <= LongestFraction ? new BareItem(BareItemType.Other) : null;
        }

        if (digits.Length > LongestInteger)
            return null;
        var number = long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        return new BareItem(BareItemType.Integer, isNegative ? -number : number);
    }

    private BareItem? ReadBoolean()
    {
        Take('?');
        if (Take('1'))
            return new BareItem(BareItemType.Boolean, 1);
        return Take('0') ? new BareItem(BareItemType.Boolean, 0) : null;
    }

    private BareItem? ReadBytes()
    {
        Take(':');
        var encoded = Cut(static c => c != ':');
        var bytes = new byte[encoded.Length];
        // White space, which the converter would pass over, has no place here.
        if (!Take(':') || encoded.ContainsAny(" \t") || !Convert.TryFromBase64Chars(encoded, bytes, out var written))
            return null;
        return new BareItem(BareItemType.ByteSequence, Bytes: bytes[..written]);
    }

    private BareItem? ReadString()
    {
        Take('"');
        while (!_rest.IsEmpty)
        {
            var c = _rest[0];
            _rest = _rest[1..];
            if (c == '"')
                return new BareItem(BareItemType.Other);
            if (c is < ' ' or > '~' || (c == '\\' && !(Take('"') || Take('\\'))))
                return null;
        }

        return null;
    }

    private BareItem? ReadDate()
    {
        Take('@');
        return ReadNumber() is { Type: BareItemType.Integer } ? new BareItem(BareItemType.Other) : null;
    }

    private BareItem? ReadToken()
    {
        Cut(static c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~:/".Contains(c, StringComparison.Ordinal));
        return new BareItem(BareItemType.Other);
    }

    private bool Take(char wanted)
    {
        if (_rest.IsEmpty || _rest[0] != wanted)
            return false;
        _rest = _rest[1..];
        return true;
    }

    private ReadOnlySpan<char> Cut(Func<char, bool> belongs)
    {
        var length = 0;
        while (length < _rest.Length && belongs(_rest[length]))
            length++;
        var cut = _rest[..length];
        _rest = _rest[length..];
        return cut;
    }

    private BareItem? Fail()
    {
        _failed = true;
        return null;
    }

    private (string Key, BareItem Item)? FailMember()
    {
        _failed = true;
        return null;
    }
}
