using System.Globalization;
using Spectre.Console;

namespace Sagebrush.CommandLine;

/// <summary>How lists of all kinds look.</summary>
internal static class TablePicture
{
    /// <summary>An empty table: with a frame for people, without for what reads standard output.</summary>
    public static Spectre.Console.Table New(params string[] columns) =>
        new Spectre.Console.Table().Border(Terminal.IsInteractive ? TableBorder.Rounded : TableBorder.None).AddColumns([.. columns.Select(Markup.Escape)]);

    /// <summary>A moment, by the clock of who looks.</summary>
    public static string Time(DateTimeOffset time) => time.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
