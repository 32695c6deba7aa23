namespace AuraLogs.Fuzz.Targets;

/// <summary>
/// One thing that takes bytes from outside, with what must hold for all of them. A target is deterministic: the same inputs one after the
/// other do the same.
/// </summary>
internal abstract class FuzzTarget : IDisposable
{
    /// <summary>As the command line and the corpus call it.</summary>
    public abstract string Name { get; }

    /// <summary>The most bytes of an input: long enough for every state, short enough for many runs.</summary>
    public virtual int MaxBytes => 2048;

    /// <summary>How many inputs are tried in the normal run of the tests, which takes a second or two.</summary>
    public virtual int ShortRuns => 2000;

    /// <summary>What an input may allocate at most, in bytes.</summary>
    public virtual long MaxAllocatedBytes => 32 << 20;

    /// <summary>Pieces of inputs that random changes would not come upon.</summary>
    public virtual IReadOnlyList<byte[]> Words => [];

    /// <summary>Where the search begins when there is no corpus.</summary>
    public abstract IEnumerable<byte[]> Seeds();

    /// <exception cref="Exception">Any: something does not hold.</exception>
    public abstract void Run(byte[] input);

    public virtual void Dispose()
    {
    }

    protected static void RequireEqual(string whole, string other, string what) => Require(whole == other, $"{what}.\nwhole: {whole}\nother: {other}");

    protected static void Require(bool holds, string what)
    {
        if (!holds)
            throw new BrokenPromiseException(what);
    }
}
