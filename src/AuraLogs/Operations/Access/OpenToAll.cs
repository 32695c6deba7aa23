namespace AuraLogs.Operations.Access;

/// <summary>
/// Marks an endpoint that anybody on the network may use: it neither shows log contents nor changes anything. Every endpoint
/// without the mark needs a right, so that one that is added later is closed until somebody decides otherwise.
/// </summary>
internal sealed class OpenToAll
{
    private static readonly OpenToAll Mark = new();

    public static TBuilder On<TBuilder>(TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(Mark);
}
