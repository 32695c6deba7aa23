using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AuraLogs.Configuration;
using AuraLogs.Hosting.Settings;
using AuraLogs.Queue.Disk;

namespace AuraLogs.Hosting.Start;

/// <summary>
/// What the machine must give before anything starts: free ports and directories that can be written. Looking first means that
/// the operator reads all that is missing at once; what is taken between the look and the start is still found at the start.
/// </summary>
internal static class StartChecks
{
    private const string ProbePrefix = ".write-check-";

    // Linux's ENOSPC and EDQUOT, which .NET gives as HResult.
    private const int DiskFull = 28;
    private const int QuotaReached = 122;

    public static void Run(AuraLogsOptions options, ConfigurationErrors errors)
    {
        CheckPort("AuraLogs:Forward", options.Forward.Address, options.Forward.Port, errors);
        CheckPort("AuraLogs:Operations", options.Operations.Address, options.Operations.Port, errors);
        CheckDirectory("AuraLogs:Queue:Path", options.Queue.Path, errors);
        if (!options.Elasticsearch.IsLocal)
            return;
        CheckPort("AuraLogs:LocalElasticsearch", options.LocalElasticsearch.Address, options.LocalElasticsearch.Port, errors);
        CheckDirectory("AuraLogs:LocalElasticsearch:Path", options.LocalElasticsearch.Path, errors);
    }

    private static void CheckPort(string section, string address, int port, ConfigurationErrors errors)
    {
        var endPoint = new IPEndPoint(IPAddress.Parse(address), port);
        try
        {
            using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(endPoint);
            socket.Listen();
        }
        catch (SocketException e)
        {
            errors.Add($"{section}:Port", e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => $"{port} is in use by another program on {address}",
                SocketError.AccessDenied => $"{port} may not be opened by this user",
                SocketError.AddressNotAvailable => $"can't be opened: this machine has no address {address}",
                _ => $"{port} can't be opened on {address}: {e.Message}",
            });
        }
    }

    private static void CheckDirectory(string key, string path, ConfigurationErrors errors)
    {
        try
        {
            Directory.CreateDirectory(path);

            // A start that is killed right here leaves its file behind.
            foreach (var left in Directory.EnumerateFiles(path, ProbePrefix + "*"))
                File.Delete(left);
            var probe = Path.Combine(path, ProbePrefix + Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        }
        catch (IOException e) when (e.HResult is DiskFull or QuotaReached)
        {
            // A full disk must not keep the queue from starting: it has to be drained.
        }
        catch (IOException) when (File.Exists(Path.Combine(path, DirectoryLock.Name)))
        {
            // Nor must a volume that became read-only or fails: the queue on it drains or waits, and says that nothing is taken in.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(key, $"names a directory that can't be written, {Path.GetFullPath(path)}: {e.Message}");
        }
    }
}
