using System.Buffers;

namespace Ingestion.Api.Http;

/// <summary>Cuts a <c>Forwarded</c> field into elements, and those into pairs of a name and a value (RFC 7239, section 4).</summary>
internal ref struct ForwardedReader(ReadOnlySpan<char> text)
{
    private const string Blanks = " \t";

    private static readonly SearchValues<char> _delimiters = SearchValues.Create(";,=\" \t");

    private ReadOnlySpan<char> _rest = text.Trim(Blanks);
    private bool _started;

    /// <summary>What came so far is not to be believed either.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Goes to the next element.</summary>
    public bool NextElement()
    {
        if (IsMalformed || _rest.IsEmpty)
            return false;
        if (_started)
            IsMalformed |= !Skip(',') || _rest.IsEmpty;
        _started = true;
        return !IsMalformed;
    }

    /// <summary>The next pair of this element.</summary>
    public bool NextPair(out string name, out string value)
    {
        (name, value) = ("", "");
        if (IsMalformed || _rest.IsEmpty || _rest[0] == ',')
            return false;
        Skip(';');
        name = TakeToken();
        if (name.Length == 0 || _rest.IsEmpty || _rest[0] != '=')
            return Fail();
        _rest = _rest[1..];
        if (!TakeValue(out value))
            return Fail();
        _rest = _rest.TrimStart(Blanks);
        return _rest.IsEmpty || _rest[0] is ',' or ';' || Fail();
    }

    private bool TakeValue(out string value)
    {
        value = "";
        if (_rest.IsEmpty || _rest[0] != '"')
            return (value = TakeToken()).Length > 0;
        var end = _rest[1..].IndexOfAny('"', '\\');
        // Nothing that is meant here needs an escape.
        if (end < 0 || _rest[end + 1] != '"')
            return false;
        value = _rest[1..(end + 1)].ToString();
        _rest = _rest[(end + 2)..];
        return true;
    }

    /// <summary>Up to a delimiter; a little more than RFC 9110 calls a token, as proxies forget the quotes around ports.</summary>
    private string TakeToken()
    {
        var end = _rest.IndexOfAny(_delimiters);
        var token = end < 0 ? _rest : _rest[..end];
        _rest = _rest[token.Length..];
        return token.ToString();
    }

    private bool Skip(char delimiter)
    {
        if (_rest.IsEmpty || _rest[0] != delimiter)
            return false;
        _rest = _rest[1..].TrimStart(Blanks);
        return true;
    }

    private bool Fail()
    {
        IsMalformed = true;
        return false;
    }
}
