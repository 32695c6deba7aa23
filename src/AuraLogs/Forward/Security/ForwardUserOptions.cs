using AuraLogs.Configuration;
using AuraLogs.Secrets;

namespace AuraLogs.Forward.Security;

/// <summary>One user of the handshake: <c>AuraLogs:Forward:Security:Users:N</c>.</summary>
internal sealed class ForwardUserOptions
{
    /// <summary>The name. Required.</summary>
    public string Username { get; set; } = "";

    /// <summary>The password. Required, here or in <see cref="PasswordFile"/>.</summary>
    public string Password { get; set; } = "";

    /// <summary>A file that holds the password instead; a line end at its end does not count.</summary>
    public string PasswordFile { get; set; } = "";

    internal void Validate(string section, ConfigurationErrors errors)
    {
        errors.Require(Username.Length > 0, $"{section}:Username", "must not be empty");
        errors.Require(Password.Length > 0 || PasswordFile.Length > 0, $"{section}:Password", "must be set, or PasswordFile");
        SecretChecks.Check(Password, PasswordFile, $"{section}:Password", errors);
    }
}
