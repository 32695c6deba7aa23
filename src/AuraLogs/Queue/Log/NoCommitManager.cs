using FASTER.core;

namespace AuraLogs.Queue.Log;

/// <summary>
/// FasterLog writes no commit files here. An entry carries checksums, address and sequence and proves itself, so its
/// synced pages are the commit: one synced write instead of two, and no file that could be empty, torn or lost.
/// </summary>
internal sealed class NoCommitManager : ILogCommitManager
{
    public void Commit(long beginAddress, long untilAddress, byte[] commitMetadata, long commitNum, bool forceWriteMetadata)
    {
    }

    public byte[] GetCommitMetadata(long commitNum) => [];

    public IEnumerable<long> ListCommits() => [];

    public void RemoveCommit(long commitNum)
    {
    }

    public void RemoveAllCommits()
    {
    }

    public void OnRecovery(long commitNum)
    {
    }

    public void Dispose()
    {
    }
}
