using System.Globalization;
using Spectre.Console;

namespace Sagebrush.CommandLine;

/// <summary>How jobs of every kind look.</summary>
internal static class JobPicture
{
    /// <summary>A job's state in its colour.</summary>
    /// <param name="status">The state.</param>
    /// <param name="detail">What to show of a job that goes on in place of the state.</param>
    public static string Status(string status, string? detail = null) => status switch
    {
        "Completed" => "[green]Completed[/]",
        "Failed" => "[red]Failed[/]",
        "InProgress" => $"[blue]{Markup.Escape(detail ?? status)}[/]",
        var other => $"[yellow]{Markup.Escape(other)}[/]",
    };

    /// <summary>Text of a line that may be the best one's.</summary>
    public static string Best(string text, bool isBest) => isBest ? $"[bold green]{Markup.Escape(text)}[/]" : Markup.Escape(text);

    /// <summary>The end of a heading that tells the best so far; nothing while there is none.</summary>
    public static string Best(string? metric) => metric is null ? "" : $"  best {Best(metric, isBest: true)}";

    /// <summary>A metric's value.</summary>
    public static string Value(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
