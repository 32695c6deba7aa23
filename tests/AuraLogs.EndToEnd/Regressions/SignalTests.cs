using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AuraLogs.EndToEnd.Harness;

namespace AuraLogs.EndToEnd.Regressions;

/// <summary>SIGHUP used to kill, and a stop during the start could end in a stack trace.</summary>
public sealed class SignalTests
{
    [Theory]
    [InlineData(ServiceProcess.SigTerm, 0)]
    [InlineData(ServiceProcess.SigInt, 0)]
    [InlineData(ServiceProcess.SigTerm, 100)]
    [InlineData(ServiceProcess.SigTerm, 300)]
    [InlineData(ServiceProcess.SigInt, 600)]
    [InlineData(ServiceProcess.SigTerm, 1000)]
    [InlineData(ServiceProcess.SigTerm, 1500)]
    public async Task A_stop_at_any_moment_of_the_start_is_quiet_and_ends_with_0(int signal, int milliseconds)
    {
        using var directory = new TemporaryDirectory();
        await using var service = ServiceProcess.Begin(directory.Path);

        // From its first line of code on; SIGHUP is one that the runtime does not handle by itself.
        await Wait.UntilAsync(() => Task.FromResult(service.Catches(ServiceProcess.SigHup)), caught => caught);
        await Task.Delay(milliseconds);
        service.Signal(signal);

        Assert.Equal(0, await service.WaitForExitAsync());
        Assert.DoesNotContain("   at ", service.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", service.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SIGHUP_reads_certificates_again_and_the_service_goes_on()
    {
        using var directory = new TemporaryDirectory();
        var (certificate, key) = (Path.Combine(directory.Path, "server.crt"), Path.Combine(directory.Path, "server.key"));
        WriteCertificate(certificate, key);
        await using var service = await ServiceProcess.StartAsync(
            directory.Path, ("AuraLogs:Forward:Tls:CertificateFile", certificate), ("AuraLogs:Forward:Tls:KeyFile", key), ("AuraLogs:Forward:Tls:Port", "0"));

        WriteCertificate(certificate, key);
        service.Signal(ServiceProcess.SigHup);

        await Wait.UntilAsync(
            () => Task.FromResult(service.Output), output => output.Contains("Took the new certificate from its files", StringComparison.Ordinal));
        Assert.Contains("SIGHUP: reading certificates and secrets again", service.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await service.TerminateAsync()).ExitCode);
    }

    private static void WriteCertificate(string certificateFile, string keyFile)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
    }
}
