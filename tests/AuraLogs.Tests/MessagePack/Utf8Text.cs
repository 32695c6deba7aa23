namespace AuraLogs.Tests.MessagePack;

/// <summary>A string by its bytes, which may be no UTF-8.</summary>
internal sealed record Utf8Text(byte[] Bytes);
