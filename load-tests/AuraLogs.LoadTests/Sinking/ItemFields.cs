namespace AuraLogs.LoadTests.Sinking;

/// <summary>What of each item a <c>_bulk</c> answer shows; https://www.elastic.co/docs/reference/elasticsearch/rest-apis/common-options#common-options-response-filtering.</summary>
[Flags]
internal enum ItemFields
{
    None = 0,
    Status = 1,
    Error = 2,
    All = 4,
}
