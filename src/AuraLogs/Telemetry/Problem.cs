namespace AuraLogs.Telemetry;

/// <inheritdoc cref="Problems.Raise"/>
/// <param name="Code">A stable name in kebab case.</param>
/// <param name="Sentence">For a person.</param>
/// <param name="StopsIntake">Whether <c>/readyz</c> fails while it lasts.</param>
/// <param name="NeedsRestart">Whether <c>/healthz</c> fails while it lasts, because only a new process helps.</param>
/// <param name="Since">When it began (UTC).</param>
internal sealed record Problem(string Code, string Sentence, bool StopsIntake, bool NeedsRestart, DateTimeOffset Since);
