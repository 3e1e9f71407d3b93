using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Sagebrush.State.Objects;

/// <summary>The files that hold objects' bytes, under generated names that no key can influence.</summary>
/// <remarks>
/// <para>
/// Bytes are written to <c>staging/ID</c> and flushed; then the index row that names them is committed; then the file moves to
/// <c>BUCKET/xx/ID</c>. A crash therefore leaves at most a few files in <c>staging</c>, which the next start moves on or removes by
/// asking the index: it never has to walk the whole folder. Until it has moved a file is found in <c>staging</c>.
/// </para>
/// <para>
/// Flushing a new file makes its directory entry durable too on the file systems one meets (ext4, XFS, btrfs, APFS, NTFS), and the
/// move need not be durable, for the file is looked for in both places: so folders are never flushed themselves.
/// </para>
/// <para>
/// With an external place for content, a file in <c>staging</c> goes there before its row is committed, and is removed after it: what is
/// still in <c>staging</c> at the next start says which blobs may have no row.
/// </para>
/// </remarks>
internal sealed class ContentFolder
{
    private const UnixFileMode ReadOnly = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const int MoveAttempts = 4;

    private readonly string _root;
    private readonly string _staging;
    private readonly IExternalContent? _external;

    public ContentFolder(string root, IExternalContent? external = null)
    {
        _root = root;
        _external = external;
        _staging = Path.Combine(root, ".staging");
        Directory.CreateDirectory(_staging);
    }

    /// <summary>Whether content goes elsewhere.</summary>
    public bool IsExternal => _external is not null;

    /// <summary>Makes the bytes of a staged file durable where they are to stay.</summary>
    public Task SealAsync(long id, CancellationToken cancellationToken) =>
        _external?.PutAsync(Name(id), StagingPath(id), cancellationToken) ?? Task.CompletedTask;

    /// <summary>Opens a new file for writing that nobody may change afterwards.</summary>
    public SafeFileHandle Create(long id)
    {
        var handle = File.OpenHandle(StagingPath(id), FileMode.CreateNew, FileAccess.Write, FileShare.Read, FileOptions.Asynchronous);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(handle, ReadOnly);
        }

        return handle;
    }

    /// <summary>Moves a committed file to its place. Failing does no harm: it is found where it is.</summary>
    public void Land(string bucket, long id)
    {
        if (IsExternal)
        {
            Delete(StagingPath(id));
            return;
        }

        var (source, target) = (StagingPath(id), FinalPath(bucket, id));
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                File.Move(source, target);
                return;
            }
            catch (DirectoryNotFoundException) when (attempt < MoveAttempts)
            {
                // The first file of its folder; or the folder of a deleted bucket went while a new bucket of that name came.
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            }
        }
    }

    /// <summary>Opens a committed file.</summary>
    /// <returns>Null when it is no longer there.</returns>
    public ContentFile? TryOpen(string bucket, long id) => _external is not null
        ? new ContentFile.External(_external, Name(id))
        : AtEitherPlace<ContentFile>(bucket, id, path => new ContentFile.Local(File.OpenHandle(
            path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.Asynchronous)));

    /// <summary>Gives a committed file a further name, by a link where possible and else by a copy.</summary>
    /// <returns>False when the file is no longer there, or elsewhere.</returns>
    public bool TryLinkTo(string bucket, long id, string target) => !IsExternal && AtEitherPlace(bucket, id, path =>
    {
        if (!HardLink.TryCreate(path, target))
        {
            File.Copy(path, target);
        }

        return "done";
    }) is not null;

    /// <summary>Makes a new staged file with the bytes of a committed one, and flushes it.</summary>
    /// <returns>False when the file is no longer there.</returns>
    public async Task<bool> TryDuplicateAsync(string bucket, long id, long newId, CancellationToken cancellationToken)
    {
        var target = StagingPath(newId);
        if (_external is not null)
        {
            Create(newId).Dispose();
            return await _external.TryCopyAsync(Name(id), Name(newId), cancellationToken);
        }

        if (!TryLinkTo(bucket, id, target))
        {
            return false;
        }

        // Reading rights are enough to flush on Unix; a link changes the file's own record, so this makes the new name durable too.
        using var handle = File.OpenHandle(
            target, FileMode.Open, OperatingSystem.IsWindows() ? FileAccess.ReadWrite : FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.FlushToDisk(handle);
        return true;
    }

    /// <summary>Removes a file wherever it is; readers that have it open read on.</summary>
    public async Task RemoveAsync(string bucket, long id)
    {
        if (_external is not null)
        {
            await _external.DeleteAsync(Name(id), CancellationToken.None);
        }

        Delete(FinalPath(bucket, id));
        Delete(StagingPath(id));
    }

    /// <summary>Removes a file that was never committed.</summary>
    /// <remarks>A blob that cannot be removed now keeps its staged file, and is tried again at the next start.</remarks>
    public async Task RemoveStagedAsync(long id)
    {
        try
        {
            if (_external is not null)
            {
                await _external.DeleteAsync(Name(id), CancellationToken.None);
            }

            Delete(StagingPath(id));
        }
        catch (IOException) when (IsExternal)
        {
            // The next start.
        }
    }

    /// <summary>The files a crash left behind.</summary>
    public IEnumerable<long> Staged() => Directory.EnumerateFiles(_staging)
        .Select(path => long.TryParse(Path.GetFileName(path), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id) ? id : 0)
        .Where(id => id != 0);

    /// <summary>Removes the folders of a deleted bucket as far as they are empty.</summary>
    public void RemoveBucket(string bucket)
    {
        var folder = Path.Combine(_root, bucket);
        if (!Directory.Exists(folder))
        {
            return;
        }

        try
        {
            foreach (var shard in Directory.EnumerateDirectories(folder))
            {
                Directory.Delete(shard);
            }

            Directory.Delete(folder);
        }
        catch (IOException)
        {
            // A file about to be swept, or a bucket made again meanwhile: empty folders do no harm.
        }
    }

    private static T? AtEitherPlace<T>(Func<string, T> use, params ReadOnlySpan<string> paths)
        where T : class
    {
        foreach (var path in paths)
        {
            try
            {
                return use(path);
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                // Not here: try the next place.
            }
        }

        return null;
    }

    /// <remarks>The final place is tried again last: the file may move there between the first two looks.</remarks>
    private T? AtEitherPlace<T>(string bucket, long id, Func<string, T> use)
        where T : class
    {
        var final = FinalPath(bucket, id);
        return AtEitherPlace(use, final, StagingPath(id), final);
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Never got there.
        }
    }

    private static string Name(long id) => id.ToString("x16", CultureInfo.InvariantCulture);

    private string StagingPath(long id) => Path.Combine(_staging, Name(id));

    private string FinalPath(string bucket, long id) => Path.Combine(
        _root, bucket, (id & 0xff).ToString("x2", CultureInfo.InvariantCulture), Name(id));
}
