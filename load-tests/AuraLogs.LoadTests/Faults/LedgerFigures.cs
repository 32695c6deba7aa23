using System.Text.Json;

namespace AuraLogs.LoadTests.Faults;

/// <summary>The service's ledger, as <c>/api/status</c> shows it.</summary>
internal sealed record LedgerFigures(long Received, long Indexed, long Duplicates, long DeadLettered, long Quarantined, long Queued)
{
    public bool Balances => Received == Indexed + Duplicates + DeadLettered + Quarantined + Queued;

    /// <returns>Null while the service has not opened its queue yet.</returns>
    public static LedgerFigures? Of(JsonElement ledger)
    {
        if (ledger.ValueKind == JsonValueKind.Null)
            return null;
        long Account(string name) => ledger.GetProperty(name).GetInt64();
        return new LedgerFigures(
            Account("received"), Account("indexed"), Account("duplicates"), Account("deadLettered"), Account("quarantined"), Account("queued"));
    }
}
