using System.Collections.Frozen;
using System.Text;

namespace Ingestion.Api.Console;

/// <summary>
/// Leaves out of a script or a style sheet what a browser has no use for: lines that hold nothing but a comment, empty lines, and indentation. Everything else
/// stays to the character, comments behind code too. What stands in strings, regular expressions and literals of templates is no code, over however many lines.
/// </summary>
internal sealed class ConsoleText
{
    // Behind these words a slash begins a regular expression, and behind all others it divides.
    private static readonly FrozenSet<string> _operators =
        new[] { "return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "do", "else", "instanceof", "yield", "await" }.ToFrozenSet();

    private readonly string _text;
    private readonly bool _isScript;
    private readonly StringBuilder _kept;

    // Of each template that is open around this place: how many braces are open in its code.
    private readonly Stack<int> _templates = new();
    private int _at;

    // The last character of code before this place.
    private int _before = -1;

    private ConsoleText(string text, bool isScript) => (_text, _isScript, _kept) = (text, isScript, new StringBuilder(text.Length));

    /// <summary>Of a script.</summary>
    /// <returns>Where it is not understood to its end, all of it as it is.</returns>
    public static string OfScript(string text) => new ConsoleText(text, isScript: true).Read();

    /// <summary>Of a style sheet, in which two slashes are no comment.</summary>
    /// <returns>Where it is not understood to its end, all of it as it is.</returns>
    public static string OfStyles(string text) => new ConsoleText(text, isScript: false).Read();

    private string Read()
    {
        SkipEmptyLines();
        while (_at < _text.Length)
        {
            if (!TryKeep(_text[_at]))
                return _text;
        }

        return _templates.Count == 0 ? _kept.ToString() : _text;
    }

    /// <summary>False: what begins here does not end.</summary>
    private bool TryKeep(char c)
    {
        switch (c)
        {
            case '\n':
                Keep(1);
                SkipEmptyLines();
                return true;
            case '\'' or '"':
                return TryKeepString(c);
            case '/':
                return TryKeepSlash();
            case '`' when _isScript:
                return TryKeepTemplate();
            case '{' when _templates.TryPop(out var open):
                _templates.Push(open + 1);
                break;
            case '}' when _templates.TryPop(out var open):
                if (open == 0)
                    return TryKeepTemplate();
                _templates.Push(open - 1);
                break;
        }

        if (!char.IsWhiteSpace(c))
            _before = _at;
        Keep(1);
        return true;
    }

    /// <summary>From the beginning of a line of code to the first that has more than a comment, behind its indentation.</summary>
    private void SkipEmptyLines()
    {
        while (true)
        {
            SkipBlanks();
            var line = _at;
            if (_isScript && IsHere("//"))
                _at = EndOfLine();
            else if (IsHere("/*"))
                _at = EndOfComment() ?? line;
            SkipBlanks();
            if (_at < _text.Length && _text[_at] != '\n')
            {
                // Code, or code behind a comment.
                _at = line;
                return;
            }

            if (_at == _text.Length)
                return;
            _at++;
        }
    }

    private bool TryKeepString(char quote)
    {
        var end = _at + 1;
        for (; end < _text.Length && _text[end] != quote; end++)
        {
            if (_text[end] == '\n')
                return false;
            // A line may be continued by one of them.
            if (_text[end] == '\\')
                end++;
        }

        return TryKeepTo(end);
    }

    private bool TryKeepSlash()
    {
        if (IsHere("/*"))
        {
            if (EndOfComment() is not { } end)
                return false;
            Keep(end - _at);
            return true;
        }

        if (_isScript && IsHere("//"))
        {
            Keep(EndOfLine() - _at);
            return true;
        }

        return _isScript && BeginsValue() ? TryKeepExpression() : TryKeepTo(_at);
    }

    /// <summary>A regular expression. In a class of characters a slash is one of them.</summary>
    private bool TryKeepExpression()
    {
        var isClass = false;
        var end = _at + 1;
        for (; end < _text.Length && (isClass || _text[end] != '/'); end++)
        {
            if (_text[end] == '\n')
                return false;
            if (_text[end] == '\\')
                end++;
            else if (_text[end] is '[' or ']')
                isClass = _text[end] == '[';
        }

        return TryKeepTo(end);
    }

    /// <summary>What is no code of a template, from its beginning or from the end of code in it: to its end, or to where code begins.</summary>
    private bool TryKeepTemplate()
    {
        for (var end = _at + 1; end < _text.Length; end++)
        {
            if (_text[end] == '\\')
            {
                end++;
            }
            else if (_text[end] == '`')
            {
                return TryKeepTo(end);
            }
            else if (_text.AsSpan(end).StartsWith("${"))
            {
                _templates.Push(0);
                return TryKeepTo(end + 1);
            }
        }

        return false;
    }

    /// <summary>Whether a value begins here, and none has just ended.</summary>
    private bool BeginsValue()
    {
        if (_before < 0)
            return true;
        if (!IsOfWord(_text[_before]))
            return _text[_before] is not (')' or ']' or '\'' or '"' or '`');
        var from = _before;
        while (from > 0 && IsOfWord(_text[from - 1]))
            from--;
        return (from == 0 || _text[from - 1] != '.') && _operators.Contains(_text[from..(_before + 1)]);
    }

    private static bool IsOfWord(char c) => char.IsLetterOrDigit(c) || c is '_' or '$';

    private bool IsHere(string what) => _text.AsSpan(_at).StartsWith(what);

    private void SkipBlanks()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\t' or '\r')
            _at++;
    }

    private int EndOfLine() => _text.IndexOf('\n', _at) is >= 0 and var found ? found : _text.Length;

    private int? EndOfComment() => _text.IndexOf("*/", _at + 2, StringComparison.Ordinal) is >= 0 and var found ? found + 2 : null;

    private bool TryKeepTo(int last)
    {
        if (last >= _text.Length)
            return false;
        _before = last;
        Keep(last + 1 - _at);
        return true;
    }

    private void Keep(int count)
    {
        _kept.Append(_text, _at, count);
        _at += count;
    }
}
