using System.Net;
using System.Security.Cryptography;
using System.Text;
using AuraLogs.Configuration;
using AuraLogs.Forward.Refusing;
using AuraLogs.Forward.Security;
using AuraLogs.MessagePack;
using AuraLogs.Tests.Queue;

namespace AuraLogs.Tests.Forward.Security;

public sealed class HandshakeTests
{
    private static readonly IPAddress Inside = IPAddress.Parse("10.1.2.3");
    private static readonly IPAddress Outside = IPAddress.Parse("192.168.1.1");

    private static ForwardSecurityOptions Options => new()
    {
        SharedKey = "key",
        SelfHostname = "server",
        Users = [new() { Username = "ann", Password = "a" }, new() { Username = "bob", Password = "b" }],
        Networks = [new() { Network = "10.1.0.0/16", SharedKey = "inner", Users = ["bob"] }],
    };

    /// <summary>The recorded Fluent Bit knew the key and was user node-a; the recorded server answered the digest that it expects.</summary>
    [Fact]
    public void A_recorded_client_is_accepted_and_gets_the_recorded_answer()
    {
        foreach (string file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Captures", "secure-users-ack"), "*.client.bin"))
        {
            byte[] ping = FirstValue(File.ReadAllBytes(file));
            byte[] recorded = File.ReadAllBytes(file.Replace(".client.", ".server.", StringComparison.Ordinal));
            byte[] helo = FirstValue(recorded);
            byte[] pong = FirstValue(recorded[helo.Length..]);
            var (nonce, auth) = ReadHelo(helo);

            Handshake As(string password, string key = "s3cr3t-shared-key") => new(
                new ForwardSecurity(new() { SharedKey = key, SelfHostname = "cap-server", Users = [new() { Username = "node-a", Password = password }] }),
                Outside, nonce, auth);

            Assert.Equal(helo, As("p4ss").Hello());
            var verdict = As("p4ss").Judge(ping);
            Assert.True(verdict.Accepted);
            Assert.Equal(Encoding.ASCII.GetString(pong[^128..]), Encoding.ASCII.GetString(verdict.Pong[^128..]));
            Assert.False(As("other").Judge(ping).Accepted);
            Assert.False(As("p4ss", "other").Judge(ping).Accepted);
        }
    }

    [Theory]
    [InlineData("192.168.1.1", "key", "ann", "a", "", "")]
    [InlineData("192.168.1.1", "key", "bob", "b", "", "")]
    [InlineData("192.168.1.1", "kez", "ann", "a", "shared_key mismatch", "handshake_key")]
    [InlineData("192.168.1.1", "", "ann", "a", "shared_key mismatch", "handshake_key")]
    [InlineData("192.168.1.1", "key", "ann", "b", "username/password mismatch", "handshake_password")]
    [InlineData("192.168.1.1", "key", "eve", "a", "username/password mismatch", "handshake_user")]
    [InlineData("192.168.1.1", "key", "", "", "username/password mismatch", "handshake_user")]
    [InlineData("10.1.2.3", "inner", "bob", "b", "", "")]
    [InlineData("::ffff:10.1.2.3", "inner", "bob", "b", "", "")]
    [InlineData("10.1.2.3", "key", "bob", "b", "shared_key mismatch", "handshake_key")]
    [InlineData("10.1.2.3", "inner", "ann", "a", "username/password mismatch", "handshake_user")]
    public void Key_user_and_network_all_have_to_fit_and_only_we_learn_what_does_not(
        string address, string key, string user, string password, string told, string reason)
    {
        var verdict = Judge(new ForwardSecurity(Options), IPAddress.Parse(address), key, user, password);
        Assert.Equal((reason.Length == 0, told), (verdict.Accepted, verdict.Reason));
        Assert.Equal(reason, verdict.Accepted ? "" : verdict.Refusal.Name());
    }

    [Fact]
    public void Nobody_gets_in_as_an_unknown_user_with_the_salt_that_everybody_is_told()
    {
        // An unknown user's digest is computed all the same, with something in the place of a password.
        var handshake = new Handshake(new ForwardSecurity(Options), Outside);
        var (nonce, auth) = ReadHelo(handshake.Hello());
        var verdict = handshake.Judge(Ping(nonce, auth, "key", "eve", Encoding.ASCII.GetString(auth)));
        Assert.False(verdict.Accepted);
        Assert.Equal(Refusal.HandshakeUser, verdict.Refusal);
    }

    [Fact]
    public void Networks_without_a_rule_can_be_kept_out()
    {
        var options = Options;
        options.AllowOtherNetworks = false;
        Assert.Equal("network not allowed", Judge(new ForwardSecurity(options), Outside, "key", "ann", "a").Reason);
        Assert.True(Judge(new ForwardSecurity(options), Inside, "inner", "bob", "b").Accepted);
        Assert.Equal("network not allowed", Judge(new ForwardSecurity(options), null, "inner", "bob", "b").Reason);
    }

    [Fact]
    public void An_empty_key_still_asks_for_the_handshake()
    {
        var options = new ForwardSecurityOptions { EmptySharedKey = true };
        Assert.True(options.Enabled);
        Assert.True(Judge(new ForwardSecurity(options), Outside, "", "", "").Accepted);
        Assert.False(Judge(new ForwardSecurity(options), Outside, "x", "", "").Accepted);
        Assert.False(new ForwardSecurityOptions().Enabled);
    }

    [Fact]
    public void Anything_but_a_PING_is_refused()
    {
        var handshake = new Handshake(new ForwardSecurity(Options), Outside);
        byte[] text = Pack.Str("x");
        byte[][] wrong =
        [
            Pack.Nil, Pack.Array(), Pack.Map(), Pack.Array(Pack.Str("PING")), Pack.Array(text, text, text, text, text, text),
            Pack.Array(Pack.Str("PING"), Pack.Int(1), text, text, text, text), Pack.Array(Pack.Str("PING"), text, text, text, text, Pack.Nil),
        ];
        foreach (byte[] ping in wrong)
            Assert.False(handshake.Judge(ping).Accepted);
    }

    [Fact]
    public void Secrets_can_come_from_files()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "from-a-file\n");
            var security = new ForwardSecurity(new ForwardSecurityOptions
            {
                SharedKeyFile = file,
                Users = [new() { Username = "ann", PasswordFile = file }],
            });
            Assert.True(Judge(security, Outside, "from-a-file", "ann", "from-a-file").Accepted);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Every_mistake_in_the_options_is_reported()
    {
        var options = new ForwardSecurityOptions
        {
            SharedKeyFile = "/does/not/exist",
            SelfHostname = "",
            Users = [new(), new()],
            Networks = [new() { Network = "10.0.0.0/99", Users = ["nobody"] }],
        };
        var errors = new ConfigurationErrors();
        options.Validate("S", errors);
        string all = string.Join('\n', errors.Messages);
        foreach (string key in (string[])["S:SharedKeyFile", "S:SelfHostname", "S:Users:0:Username", "S:Users:1:Password", "S:Users must", "S:Networks:0:Network", "S:Networks:0:Users"])
            Assert.Contains(key, all, StringComparison.Ordinal);

        errors = new ConfigurationErrors();
        new ForwardSecurityOptions { Networks = [new() { Network = "10.0.0.0/8" }] }.Validate("S", errors);
        Assert.Contains("S:SharedKey must be set", Assert.Single(errors.Messages), StringComparison.Ordinal);
        errors = new ConfigurationErrors();
        Options.Validate("S", errors);
        Assert.Empty(errors.Messages);
    }

    [Fact]
    public async Task A_client_with_the_key_can_send_and_one_without_can_not()
    {
        await using var server = await ForwardServer.StartAsync(options => options.Security = new() { SharedKey = "key" });
        await using var friend = await server.ConnectAsync();
        var (nonce, auth) = ReadHelo(await friend.ReceiveAsync());
        await friend.SendAsync(Ping(nonce, auth, "key", "", ""));
        byte[] pong = await friend.ReceiveAsync();
        Assert.Equal(Pack.Concat([0x95], Pack.Str("PONG"), [0xc3]), pong[..7]);
        await friend.SendAsync(Pack.Array(Pack.Str("t"), Pack.Int(1), Pack.Record(), Pack.Map(Pack.Str("chunk"), Pack.Str("1"))));
        Assert.Equal("1", await friend.ReceiveAckAsync());

        await using var stranger = await server.ConnectAsync();
        (nonce, auth) = ReadHelo(await stranger.ReceiveAsync());
        await stranger.SendAsync(Ping(nonce, auth, "guess", "", ""));
        pong = await stranger.ReceiveAsync();
        Assert.Equal(Pack.Concat([0x95], Pack.Str("PONG"), [0xc2], Pack.Str("shared_key mismatch")), pong[..27]);
        Assert.Empty(await stranger.ReceiveEndAsync());

        await using var rude = await server.ConnectAsync();
        await rude.ReceiveAsync();
        await rude.SendAsync(Pack.Array(Pack.Str("t"), Pack.Int(1), Pack.Record()));
        await rude.ReceiveEndAsync();
        await Until.TrueAsync(() => server.Counts["auralogs_forward_refused_total handshake_missing"] == 1);
        Assert.Equal(1, server.Counts["auralogs_forward_refused_total handshake_key"]);
        Assert.Equal(1, server.Queue.Ledger.Received);
    }

    private static HandshakeVerdict Judge(ForwardSecurity security, IPAddress? address, string key, string user, string password)
    {
        var handshake = new Handshake(security, address);
        var (nonce, auth) = ReadHelo(handshake.Hello());
        Assert.Equal(security.NeedsUser, auth.Length > 0);
        return handshake.Judge(Ping(nonce, auth, key, user, password));
    }

    private static byte[] Ping(byte[] nonce, byte[] auth, string key, string user, string password) => Pack.Array(
        Pack.Str("PING"),
        Pack.Str("client"),
        Pack.Str("salt"),
        Pack.Str(Digest("salt"u8.ToArray(), "client"u8.ToArray(), nonce, Encoding.UTF8.GetBytes(key))),
        Pack.Str(user),
        Pack.Str(Digest(auth, Encoding.UTF8.GetBytes(user), Encoding.UTF8.GetBytes(password))));

    private static string Digest(params byte[][] pieces) => Convert.ToHexStringLower(SHA512.HashData(Pack.Concat(pieces)));

    private static byte[] FirstValue(byte[] bytes)
    {
        int position = 0;
        Assert.Equal(ScanStatus.Done, new MessagePackScanner(8, 1 << 20).Skip(bytes, ref position));
        return bytes[..position];
    }

    /// <summary>["HELO", {"nonce": ..., "auth": ..., "keepalive": true}], in this order.</summary>
    private static (byte[] Nonce, byte[] Auth) ReadHelo(byte[] helo)
    {
        byte[] prefix = Pack.Concat([0x92], Pack.Str("HELO"), [0x83], Pack.Str("nonce"));
        Assert.Equal(prefix, helo[..prefix.Length]);
        int at = prefix.Length;
        byte[] nonce = ReadText(helo, ref at);
        at += Pack.Str("auth").Length;
        byte[] auth = ReadText(helo, ref at);
        Assert.Equal(Pack.Concat(Pack.Str("keepalive"), [0xc3]), helo[at..]);
        return (nonce, auth);
    }

    private static byte[] ReadText(byte[] bytes, ref int at)
    {
        MessagePackHeader.TryReadTextLength(bytes, ref at, out long length);
        at += (int)length;
        return bytes[(at - (int)length)..at];
    }
}
