using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace AuraLogs.LocalElasticsearch.Indices;

/// <summary>Identifiers as Elasticsearch makes them: URL-safe Base64.</summary>
internal static class Ids
{
    private static int _counter = RandomNumberGenerator.GetInt32(int.MaxValue);

    /// <summary>22 characters, random: indices, snapshots, nodes.</summary>
    public static string Uuid() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));

    /// <summary>20 characters that grow with time: documents that come without an id.</summary>
    public static string Document(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[15];
        RandomNumberGenerator.Fill(bytes);
        Span<byte> time = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(time, now.ToUnixTimeMilliseconds());
        time[2..].CopyTo(bytes);
        BinaryPrimitives.WriteInt32BigEndian(bytes[6..], Interlocked.Increment(ref _counter));
        return Base64Url.EncodeToString(bytes);
    }
}
