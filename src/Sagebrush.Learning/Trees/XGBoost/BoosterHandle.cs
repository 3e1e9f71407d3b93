using System.Runtime.InteropServices;

namespace Sagebrush.Learning.Trees.XGBoost;

/// <summary>Owns a native booster.</summary>
internal sealed class BoosterHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => NativeMethods.XGBoosterFree(handle) == 0;
}
