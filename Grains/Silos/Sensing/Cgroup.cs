using System.Globalization;

namespace Ingestion.Grains.Silos.Sensing;

/// <summary>Reads the cgroup of this process: version 1, version 2, or none.</summary>
internal sealed class Cgroup : IDisposable
{
    private readonly CgroupFolder? _folder;
    private readonly bool _isOwn;
    private readonly KernelFile? _used;
    private readonly KernelFile? _stat;
    private readonly KernelFile? _events;
    private readonly KernelFile? _hits;
    private readonly KernelFile[] _limits;
    private CgroupReading _last;

    /// <summary>Finds its files once.</summary>
    /// <param name="root">Of the file system; another one in tests.</param>
    public Cgroup(string root)
    {
        _folder = CgroupFolder.Find(root);
        _limits = [];
        if (_folder is null)
            return;
        var is2 = _folder.Version == 2;
        _used = Open(is2 ? "memory.current" : "memory.usage_in_bytes");
        _stat = Open("memory.stat");
        _events = Open(is2 ? "memory.events" : "memory.oom_control");
        _hits = is2 ? null : Open("memory.failcnt");
        string[] limits = is2 ? ["memory.max", "memory.high"] : ["memory.limit_in_bytes"];
        _limits = [.. _folder.Upwards().SelectMany(folder => limits.Select(limit => KernelFile.Open(Path.Combine(folder, limit)))).OfType<KernelFile>()];
        _isOwn = IsAlone(Path.Combine(_folder.Folder, "cgroup.procs"));
    }

    /// <summary>Where the pressure of version 2 is; null without it.</summary>
    public string? Folder => _folder?.Folder;

    /// <summary>
    /// What was charged when it was read last. All of it is of one moment: pages of files that are written meanwhile would be in what is used and not yet in
    /// what can be taken back, and pass for memory that only the silo can give back.
    /// </summary>
    /// <param name="anew">It is read now; it costs more than the rest of a look.</param>
    public CgroupReading Read(bool anew)
    {
        if (anew && _folder is not null && _used is not null)
            _last = ReadAll(_folder.Version, _used.ReadNumber(0));
        return _last;
    }

    public void Dispose()
    {
        foreach (var file in (KernelFile?[])[_used, _stat, _events, _hits, .. _limits])
            file?.Dispose();
    }

    /// <summary>
    /// The init of a container may be there, too. Where anything else is, what it uses is not ours, and nothing that we do would lower it.
    /// </summary>
    private static bool IsAlone(string path)
    {
        try
        {
            return File.ReadAllLines(path).All(line => line == "1" || line == Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private KernelFile? Open(string name) => KernelFile.Open(Path.Combine(_folder!.Folder, name));

    private CgroupReading ReadAll(int version, long used)
    {
        Span<byte> room = stackalloc byte[KernelFile.MostBytes];
        var stat = _stat is null ? default : _stat.Read(room);
        var inactive = KernelFile.Field(stat, version == 2 ? "inactive_file "u8 : "total_inactive_file "u8) ?? 0;
        var other = KernelFile.Field(stat, version == 2 ? "active_file "u8 : "total_active_file "u8) ?? 0;
        // Version 1 does not say it.
        if (version == 2)
            other += KernelFile.Field(stat, "slab_reclaimable "u8) ?? 0;
        var limit = Math.Min(Limit(), KernelFile.Field(stat, "hierarchical_memory_limit "u8) ?? long.MaxValue);
        var (hits, kills) = Events();
        return new CgroupReading(version, _isOwn, used, inactive, other, limit, hits, kills);
    }

    private long Limit()
    {
        var limit = long.MaxValue;
        foreach (var file in _limits)
            limit = Math.Min(limit, file.ReadNumber(long.MaxValue));
        return limit;
    }

    private (long Hits, long Kills) Events()
    {
        Span<byte> room = stackalloc byte[512];
        var text = _events is null ? default : _events.Read(room);
        return (_hits?.ReadNumber(0) ?? KernelFile.Field(text, "max "u8) ?? 0, KernelFile.Field(text, "oom_kill "u8) ?? 0);
    }
}
