using System.Text;
using System.Text.Json;
using AuraLogs.LocalElasticsearch;
using AuraLogs.LocalElasticsearch.Rest;
using Microsoft.Extensions.Logging.Abstractions;

namespace AuraLogs.Fuzz.Targets;

/// <summary>A local Elasticsearch, asked without HTTP around it. Whatever is asked, the answer is JSON, and no mistake of a client is a 5xx.</summary>
internal abstract class LocalTarget : FuzzTarget
{
    private readonly string _directory = Directory.CreateTempSubdirectory("auralogs-fuzz-").FullName;
    private readonly LocalNode _node;
    private string? _failed;

    protected LocalTarget() =>
        _node = new LocalNode(
            new LocalElasticsearchOptions { Path = _directory }, StoppedTime.Instance, NullLoggerFactory.Instance, (what, e) => _failed = $"{what}: {e}");

    public override int ShortRuns => 300;

    public override long MaxAllocatedBytes => 200 << 20;

    public override void Dispose()
    {
        _node.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Directory.Delete(_directory, recursive: true);
        base.Dispose();
    }

    protected (int Status, JsonElement Body) Ask(string method, string path, ReadOnlyMemory<byte> body, params (string Name, string Value)[] parameters)
    {
        var request = new RestRequest
        {
            Method = method,
            Path = path,
            Parameters = parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value),
            Body = body,
        };
        try
        {
            var response = _node.Router.Find(request).Answer(default).GetAwaiter().GetResult();
            return (response.Status, Read(response.Body ?? Json.ToBytes(response.Json)));
        }
        catch (ElasticsearchException e)
        {
            Require(e.Status is >= 400 and < 500, $"No mistake of a client is a {e.Status} ({e.Type}).");
            return (e.Status, Read(Json.ToBytes(e.ToBody())));
        }
        finally
        {
            foreach (var held in request.Held)
                held.Dispose();
            Require(_failed is null, $"Nothing fails in the background: {_failed}");
        }
    }

    protected static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static JsonElement Read(ReadOnlyMemory<byte> answer)
    {
        try
        {
            return JsonElement.Parse(answer.Span, new JsonDocumentOptions { MaxDepth = 1000 });
        }
        catch (JsonException e)
        {
            throw new BrokenPromiseException($"An answer is JSON: {e.Message}");
        }
    }
}
