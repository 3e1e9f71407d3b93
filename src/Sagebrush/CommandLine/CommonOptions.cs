using System.CommandLine;
using System.Globalization;
using Sagebrush.Instance;
using Sagebrush.Server;

namespace Sagebrush.CommandLine;

/// <summary>Options that several commands share, each made once.</summary>
internal sealed class CommonOptions
{
    public const string Json = "json";

    public Option<string?> Data { get; } = new("--data")
    {
        Description = $"Folder that holds everything [default: ${DataDirectory.Variable}, else ~/.sagebrush]",
        HelpName = "DIR",
        Recursive = true,
    };

    public static Option<int> Port() => Number("--port", 0, 65535, ServerOptions.DefaultPort, "Port to listen on; 0 takes a free one");

    public DataDirectory DataOf(ParseResult result) => DataDirectory.Resolve(result.GetValue(Data));

    /// <summary>An option that takes a whole number within bounds.</summary>
    public static Option<int> Number(string name, int smallest, int largest, int usual, string description, params string[] aliases)
    {
        var option = new Option<int>(name, aliases) { Description = description, DefaultValueFactory = _ => usual, HelpName = "N" };
        option.Validators.Add(result =>
        {
            // Text that is no number at all has been complained about already.
            if (result.Tokens is [var token] && int.TryParse(token.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && (number < smallest || number > largest))
            {
                result.AddError($"{name} is a number from {smallest} to {largest}, not {number}");
            }
        });
        return option;
    }

    /// <summary>A <c>--format</c> option; the first choice is the default.</summary>
    public static Option<string> Format(params string[] choices)
    {
        var option = new Option<string>("--format") { Description = "How to print", DefaultValueFactory = _ => choices[0] };
        option.AcceptOnlyFromAmong(choices);
        return option;
    }
}
