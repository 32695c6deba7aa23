namespace AuraLogs.Tests.MessagePack;

internal sealed record ExtensionData(sbyte Type, byte[] Data);
