namespace Sagebrush.Learning.Trees.XGBoost;

/// <summary>A format models are stored in.</summary>
public enum XGBoostFormat
{
    /// <summary>JSON; every version since 1.0 reads it.</summary>
    Json,

    /// <summary>Universal Binary JSON; every version since 1.6 reads it.</summary>
    Ubjson,

    /// <summary>The binary format of 0.x and 1.x, which 3.1 no longer reads.</summary>
    Binary,
}
