namespace AuraLogs.Fuzz.Guided;

/// <summary>
/// Inputs in a file: one a line, in Base64; lines that begin with <c>#</c> are for people. <c>Corpus/NAME.txt</c> holds inputs that together pass every
/// edge that was ever passed, <c>Finds/NAME.txt</c> those that once broke something.
/// </summary>
internal static class Corpus
{
    private static string Shipped => AppContext.BaseDirectory;

    public static IReadOnlyList<byte[]> Kept(string target) => Read(Path.Combine(Shipped, "Corpus", $"{target}.txt"));

    public static IReadOnlyList<byte[]> Finds(string target) => Read(Path.Combine(Shipped, "Finds", $"{target}.txt"));

    public static IReadOnlyList<byte[]> Read(string file) =>
        File.Exists(file) ? [.. File.ReadLines(file).Where(line => line.Length > 0 && line[0] != '#').Select(Convert.FromBase64String)] : [];

    public static void Write(string file, IEnumerable<byte[]> inputs) => File.WriteAllLines(file, inputs.Select(Convert.ToBase64String));
}
