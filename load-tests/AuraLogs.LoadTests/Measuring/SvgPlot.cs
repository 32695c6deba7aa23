using System.Globalization;
using System.Security;
using System.Text;

namespace AuraLogs.LoadTests.Measuring;

/// <summary>Small plots as SVG, readable on light and dark pages.</summary>
internal static class SvgPlot
{
    private const int Width = 900;
    private const int RowHeight = 22;
    private const int LabelWidth = 430;
    private const int Margin = 40;
    private const string Ours = "#2f81f7";
    private const string Theirs = "#9a9fa6";

    /// <summary>One horizontal bar a row, the highlighted ones in the first colour.</summary>
    public static string Bars(string title, string format, IReadOnlyList<(string Label, double Value, bool Highlight)> bars)
    {
        var svg = Start(title, Margin + bars.Count * RowHeight + 10);
        var scale = (Width - LabelWidth - 90) / Math.Max(bars.Max(bar => bar.Value), double.Epsilon);
        for (var i = 0; i < bars.Count; i++)
        {
            var (label, value, highlight) = bars[i];
            var y = Margin + i * RowHeight;
            var length = value * scale;
            Text(svg, LabelWidth - 8, y + 15, "end", label);
            svg.AppendLine(CultureInfo.InvariantCulture,
                $"""<rect x="{LabelWidth}" y="{y + 3}" width="{length:f1}" height="{RowHeight - 6}" fill="{(highlight ? Ours : Theirs)}"/>""");
            Text(svg, LabelWidth + length + 6, y + 15, "start", value.ToString(format, CultureInfo.InvariantCulture));
        }

        return svg.AppendLine("</svg>").ToString();
    }

    /// <summary>One line over labelled, evenly spaced points, from zero up.</summary>
    public static string Line(string title, IReadOnlyList<(string Label, double Value)> points)
    {
        const int height = 320;
        const int bottom = height - Margin;
        var svg = Start(title, height);
        var step = (Width - 2.0 * Margin - 40) / Math.Max(1, points.Count - 1);
        var scale = (bottom - Margin - 20) / Math.Max(points.Max(point => point.Value), double.Epsilon);
        var places = points.Select((point, i) => (X: Margin + 20 + i * step, Y: bottom - point.Value * scale)).ToList();
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<path d="M{Margin} {bottom}H{Width - Margin}" stroke="{Theirs}" fill="none"/>""");
        var line = string.Join(' ', places.Select(place => string.Create(CultureInfo.InvariantCulture, $"{place.X:f1},{place.Y:f1}")));
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<polyline points="{line}" stroke="{Ours}" stroke-width="2" fill="none"/>""");
        var every = Math.Max(1, points.Count / 12);
        for (var i = 0; i < points.Count; i += every)
        {
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<circle cx="{places[i].X:f1}" cy="{places[i].Y:f1}" r="3" fill="{Ours}"/>""");
            Text(svg, places[i].X, places[i].Y - 8, "middle", points[i].Value.ToString("0.##", CultureInfo.InvariantCulture));
            Text(svg, places[i].X, bottom + 18, "middle", points[i].Label);
        }

        return svg.AppendLine("</svg>").ToString();
    }

    private static StringBuilder Start(string title, int height)
    {
        var svg = new StringBuilder();
        svg.AppendLine(CultureInfo.InvariantCulture,
            $"""<svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{height}" viewBox="0 0 {Width} {height}" font-family="sans-serif" font-size="12">""");
        svg.AppendLine("""<rect width="100%" height="100%" fill="#ffffff"/>""");
        Text(svg, 10, 22, "start", title);
        return svg;
    }

    private static void Text(StringBuilder svg, double x, double y, string anchor, string text) => svg.AppendLine(
        CultureInfo.InvariantCulture,
        $"""<text x="{x:f1}" y="{y:f1}" text-anchor="{anchor}" fill="#1f2328">{SecurityElement.Escape(text)}</text>""");
}
