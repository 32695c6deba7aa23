namespace AuraLogs.LoadTests.Sinking;

/// <summary>What a <c>_bulk</c> answer contains, as the request's <c>filter_path</c> asks.</summary>
internal readonly record struct AnswerShape(bool Took, bool Errors, ItemFields Items)
{
    /// <summary>Reads the request's target. Without a filter everything is shown.</summary>
    public static AnswerShape Of(string target)
    {
        const string name = "filter_path=";
        var at = target.IndexOf(name, StringComparison.Ordinal);
        if (at < 0)
            return new AnswerShape(true, true, ItemFields.All);

        var shape = default(AnswerShape);
        foreach (var path in Uri.UnescapeDataString(target[(at + name.Length)..].Split('&')[0]).Split(','))
        {
            shape = path switch
            {
                "took" => shape with { Took = true },
                "errors" => shape with { Errors = true },
                "items" or "items.*" => shape with { Items = ItemFields.All },
                _ when path.StartsWith("items.", StringComparison.Ordinal) && path.EndsWith(".status", StringComparison.Ordinal)
                    => shape with { Items = shape.Items | ItemFields.Status },
                _ when path.StartsWith("items.", StringComparison.Ordinal) && path.Contains(".error", StringComparison.Ordinal)
                    => shape with { Items = shape.Items | ItemFields.Error },
                _ => shape,
            };
        }

        return shape;
    }
}
