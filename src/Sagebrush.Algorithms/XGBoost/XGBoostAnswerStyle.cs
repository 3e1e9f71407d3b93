namespace Sagebrush.Algorithms.XGBoost;

/// <summary>How the versions of SageMaker's XGBoost container write predictions as CSV.</summary>
internal enum XGBoostAnswerStyle
{
    /// <summary>1.5 and later: a row per line, each ended.</summary>
    Lines,

    /// <summary>Up to 1.3: all in one line, separated by commas, several values of a row in brackets.</summary>
    OneLine,
}

/// <summary>Finds the style of an image version.</summary>
internal static class XGBoostAnswerStyles
{
    extension(XGBoostAnswerStyle)
    {
        /// <summary>The style of an image tag such as <c>1.7-1</c>; <c>1</c> and <c>latest</c> are the oldest image, 0.72.</summary>
        public static XGBoostAnswerStyle ForImageVersion(string? version) => version switch
        {
            "1" or "latest" => XGBoostAnswerStyle.OneLine,
            not null when version.StartsWith("0.", StringComparison.Ordinal)
                || version.StartsWith("1.0-", StringComparison.Ordinal)
                || version.StartsWith("1.2-", StringComparison.Ordinal)
                || version.StartsWith("1.3-", StringComparison.Ordinal) => XGBoostAnswerStyle.OneLine,
            _ => XGBoostAnswerStyle.Lines,
        };
    }
}
