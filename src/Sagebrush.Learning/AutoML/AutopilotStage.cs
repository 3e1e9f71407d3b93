namespace Sagebrush.Learning.AutoML;

/// <summary>How far Autopilot is.</summary>
public enum AutopilotStage
{
    /// <summary>The columns and the target are being understood.</summary>
    AnalyzingData = 0,

    /// <summary>Features are being sought.</summary>
    FeatureEngineering = 1,

    /// <summary>Candidates are being trained.</summary>
    ModelTuning = 2,
}
