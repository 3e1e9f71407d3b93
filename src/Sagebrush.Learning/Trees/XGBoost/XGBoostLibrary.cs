using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sagebrush.Learning.Trees.XGBoost;

/// <summary>Finds libxgboost and passes on what it logs.</summary>
/// <remarks>
/// The library is searched for under the path in <c>SAGEBRUSH_LIBXGBOOST</c>, when that is set, then as
/// <c>libxgboost.so.0</c> (Debian's <c>libxgboost0</c>) and <c>libxgboost.so</c>. It is loaded when first used.
/// </remarks>
public static unsafe partial class XGBoostLibrary
{
    /// <summary>Environment variable that names the library file to use.</summary>
    public const string PathVariable = "SAGEBRUSH_LIBXGBOOST";

    private static readonly string[] Names = ["libxgboost.so.0", "libxgboost.so", "xgboost"];

    [ThreadStatic]
    private static Action<string>? t_log;

    private static int s_registered;

    /// <summary>Whether the library can be loaded; if not, why and how to mend it.</summary>
    public static bool IsAvailable(out string problem)
    {
        try
        {
            _ = Version;
            problem = "";
            return true;
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException or EntryPointNotFoundException)
        {
            problem = (e is TypeInitializationException { InnerException: { } inner } ? inner : e).Message;
            return false;
        }
    }

    /// <summary>The version of the loaded library.</summary>
    /// <exception cref="DllNotFoundException">The library is missing; the message says how to install it.</exception>
    public static Version Version
    {
        get
        {
            NativeMethods.XGBoostVersion(out var major, out var minor, out var patch);
            return new(major, minor, patch);
        }
    }

    /// <summary>Passes what the library logs on the calling thread to a receiver; null drops it.</summary>
    /// <remarks>The library keeps its receiver per thread, so call this on the thread that trains.</remarks>
    public static void LogTo(Action<string>? receiver)
    {
        t_log = receiver;
        NativeMethods.Check(NativeMethods.XGBRegisterLogCallback(&OnLog));
    }

    internal static void RegisterResolver()
    {
        if (Interlocked.Exchange(ref s_registered, 1) == 0)
        {
            NativeLibrary.SetDllImportResolver(typeof(XGBoostLibrary).Assembly, Resolve);
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (!name.StartsWith("libxgboost", StringComparison.Ordinal))
        {
            return 0;
        }

        ShortenSpinning();
        var configured = Environment.GetEnvironmentVariable(PathVariable);
        if (!string.IsNullOrEmpty(configured))
        {
            return NativeLibrary.TryLoad(configured, out var handle)
                ? handle
                : throw new DllNotFoundException($"The XGBoost library '{configured}', named by {PathVariable}, cannot be loaded.");
        }

        foreach (var candidate in Names)
        {
            if (NativeLibrary.TryLoad(candidate, assembly, searchPath, out var handle))
            {
                return handle;
            }
        }

        throw new DllNotFoundException(
            $"The XGBoost library was not found (tried {string.Join(", ", Names)}). Install it with 'apt-get install libxgboost0', or name its file in {PathVariable}.");
    }

    /// <summary>
    /// OpenMP's threads spin while they wait for each other, 300,000 rounds unless told otherwise. Where several jobs share
    /// the processors that is ruinous: two trainings side by side took 25 s instead of 10 s. Sleeping at once costs a
    /// training that is alone a tenth of its time; a short spin costs neither. A choice of the user's own stands.
    /// </summary>
    /// <remarks>OpenMP reads the C environment when it is loaded, which .NET's own environment does not reach.</remarks>
    private static void ShortenSpinning()
    {
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null)
        {
            _ = SetEnvironment("GOMP_SPINCOUNT", "2000", 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnLog(byte* message)
    {
        var log = t_log;
        if (log is not null && Marshal.PtrToStringUTF8((nint)message) is { } text)
        {
            log(text);
        }
    }
}
