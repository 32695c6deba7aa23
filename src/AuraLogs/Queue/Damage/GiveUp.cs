using AuraLogs.Queue.Disk;

namespace AuraLogs.Queue.Damage;

/// <summary>
/// The file <c>give-up</c>: a person's word (<c>auralogs queue recover --give-up</c>) that what can't be read is given up. A start that
/// waits for the disk finds it at its next attempt, passes over what it can't read, and removes it: it counts once.
/// </summary>
internal static class GiveUp
{
    public const string Name = "give-up";

    public static bool IsAsked(IQueueDisk disk) => disk.Exists(Name);

    public static void Ask(IQueueDisk disk) => disk.Create(Name).Dispose();

    public static void Done(IQueueDisk disk) => disk.Delete(Name);
}
