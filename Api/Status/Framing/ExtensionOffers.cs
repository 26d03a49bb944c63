using System.Text;

namespace Ingestion.Api.Status.Framing;

/// <summary>One extension that a client offers.</summary>
/// <param name="Name">Of the extension.</param>
/// <param name="Parameters">In their order; the value is null where the parameter has none. Quotes are removed.</param>
internal sealed record ExtensionOffer(string Name, IReadOnlyList<(string Name, string? Value)> Parameters);

/// <summary>
/// Reads <c>Sec-WebSocket-Extensions</c> (RFC 6455, section 9.1): a list of tokens, each with parameters, whose values are tokens or quoted tokens. A list may
/// be spread over several fields, and may have empty elements (RFC 9110, section 5.6.1).
/// </summary>
internal ref struct ExtensionOffers
{
    private readonly ReadOnlySpan<char> _field;
    private int _at;

    private ExtensionOffers(ReadOnlySpan<char> field) => _field = field;

    private readonly char Next => _at < _field.Length ? _field[_at] : '\0';

    /// <summary>All offers of the request in their order; null when one of the fields breaks the grammar.</summary>
    public static IReadOnlyList<ExtensionOffer>? Read(IEnumerable<string?> fields)
    {
        var offers = new List<ExtensionOffer>();
        foreach (var field in fields)
        {
            if (!new ExtensionOffers(field).TryReadInto(offers))
                return null;
        }

        return offers;
    }

    private bool TryReadInto(List<ExtensionOffer> offers)
    {
        do
        {
            SkipBlanks();
            if (Next is ',' || _at == _field.Length)
                continue;
            if (ReadToken() is not { } name)
                return false;
            var parameters = new List<(string Name, string? Value)>();
            while (TrySkip(';'))
            {
                if (ReadToken() is not { } parameter)
                    return false;
                string? value = null;
                if (TrySkip('=') && (value = Next is '"' ? ReadQuoted() : ReadToken()) is null)
                    return false;
                parameters.Add((parameter, value));
            }

            offers.Add(new ExtensionOffer(name, parameters));
        }
        while (TrySkip(','));

        return _at == _field.Length;
    }

    private string? ReadToken()
    {
        var start = _at;
        while (IsTokenCharacter(Next))
            _at++;
        return _at == start ? null : _field[start.._at].ToString();
    }

    /// <summary>What is within the quotes must be a token once each quoted pair is unescaped.</summary>
    private string? ReadQuoted()
    {
        var value = new StringBuilder();
        for (_at++; Next is not '"'; _at++)
        {
            if (Next is '\\')
                _at++;
            if (!IsTokenCharacter(Next))
                return null;
            value.Append(Next);
        }

        _at++;
        return value.Length == 0 ? null : value.ToString();
    }

    /// <summary>With the blanks on both sides of it.</summary>
    private bool TrySkip(char separator)
    {
        SkipBlanks();
        if (Next != separator)
            return false;
        _at++;
        SkipBlanks();
        return true;
    }

    private void SkipBlanks()
    {
        while (Next is ' ' or '\t')
            _at++;
    }

    // RFC 9110, section 5.6.2.
    private static bool IsTokenCharacter(char c) => char.IsAsciiLetterOrDigit(c) || (c != '\0' && "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));
}
