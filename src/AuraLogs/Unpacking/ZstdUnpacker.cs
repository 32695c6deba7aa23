using System.Buffers;

namespace AuraLogs.Unpacking;

/// <summary>zstd, with the system's library.</summary>
internal sealed unsafe class ZstdUnpacker : Unpacker
{
    /// <summary>A window of 8 MiB at most, what RFC 8878 (3.1.1.1.2) asks of every decoder, bounds the library's memory.</summary>
    private const int MaxWindowLog = 23;

    /// <summary>The window, and 256 KiB for two blocks and the tables (ZSTD_estimateDStreamSize says 8.2 MiB for this window).</summary>
    public new const int LibraryBytes = (1 << MaxWindowLog) + (512 << 10);

    private readonly int _length;
    private MemoryHandle _pinned;
    private nint _context;
    private LibZstd.InBuffer _input;
    private bool _frameOpen;

    public ZstdUnpacker(ReadOnlyMemory<byte> compressed)
    {
        try
        {
            _context = LibZstd.CreateContext();
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new UnpackerMissingException("libzstd.so.1 is not installed (Debian: apt-get install libzstd1).", e);
        }

        if (_context == 0)
            throw new InvalidOperationException("libzstd gave no context.");
        LibZstd.SetParameter(_context, LibZstd.WindowLogMax, MaxWindowLog);
        _length = compressed.Length;
        _pinned = compressed.Pin();
        _input = new LibZstd.InBuffer { Source = (nint)_pinned.Pointer, Size = (nuint)_length };
    }

    /// <summary>Whether the system has the library.</summary>
    public static bool IsAvailable => LibZstd.IsInstalled();

    public override int Read(Span<byte> destination)
    {
        fixed (byte* start = destination)
        {
            var output = new LibZstd.OutBuffer { Destination = (nint)start, Size = (nuint)destination.Length };
            while (output.Position == 0 && output.Size > 0)
            {
                if (_input.Position == _input.Size && !_frameOpen)
                    return 0;
                nuint consumed = _input.Position;
                nuint hint = LibZstd.DecompressStream(_context, ref output, ref _input);
                if (LibZstd.IsError(hint) != 0)
                    throw new InvalidDataException("The zstd data is damaged.");
                _frameOpen = hint != 0;
                if (_frameOpen && output.Position == 0 && _input.Position == consumed)
                    throw new InvalidDataException("The zstd data is cut off.");
            }

            return (int)output.Position;
        }
    }

    public override void Dispose()
    {
        if (_context == 0)
            return;
        LibZstd.FreeContext(_context);
        _context = 0;
        _pinned.Dispose();
    }
}
