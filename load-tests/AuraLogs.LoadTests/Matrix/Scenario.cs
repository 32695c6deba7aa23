using AuraLogs.LoadTests.Generating;

namespace AuraLogs.LoadTests.Matrix;

/// <summary>One load, and who takes it.</summary>
/// <param name="Name">Its short name on the command line.</param>
/// <param name="Title">Its heading in the report.</param>
/// <param name="Load">What the generator sends.</param>
/// <param name="Contenders">Who takes it, ours first.</param>
/// <param name="FullAnswers">Whether the sink shows every item when no filter asks otherwise, as Elasticsearch does.</param>
/// <param name="Cores">How many cores the contender may use; 0: all.</param>
internal sealed record Scenario(
    string Name, string Title, LoadOptions Load, IReadOnlyList<Contender> Contenders, bool FullAnswers = false, int Cores = 0);
