using System.Globalization;
using System.Text.Json.Nodes;

namespace AuraLogs.LocalElasticsearch.Rest;

/// <summary>One request: its method, its path's values, its parameters and its unpacked body.</summary>
internal sealed class RestRequest
{
    public required string Method { get; init; }

    public required string Path { get; init; }

    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The client has gone.</summary>
    public CancellationToken Cancel { get; init; }

    /// <summary>The client's address.</summary>
    public string Owner { get; init; } = "";

    /// <summary>What is given back when the answer has been written.</summary>
    public List<IDisposable> Held { get; } = [];

    public Dictionary<string, string> PathValues { get; } = [];

    /// <summary>Values of the answer's <c>Warning</c> headers.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>A value of the path or, when the path has none, a parameter; null when there is neither.</summary>
    public string? this[string name] => PathValues.GetValueOrDefault(name) ?? Parameters.GetValueOrDefault(name);

    public string Required(string name) => this[name] ?? throw Errors.IllegalArgument($"required parameter [{name}] is missing");

    public bool Flag(string name, bool otherwise = false)
    {
        string? text = this[name];
        return text switch
        {
            null => otherwise,
            "" or "true" => true,
            "false" => false,
            _ => throw Errors.IllegalArgument($"Failed to parse value [{text}] as only [true] or [false] are allowed."),
        };
    }

    public int? Number(string name)
    {
        string? text = this[name];
        if (text is null)
            return null;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw Errors.IllegalArgument(
                $"Failed to parse int parameter [{name}] with value [{text}]",
                new ElasticsearchException(400, "number_format_exception", $"For input string: \"{text}\""));
    }

    public JsonObject? JsonBody() => Json.ParseObject(Body.Span);

    public JsonObject RequiredBody() => JsonBody() ?? throw Errors.Parse("request body is required");
}
