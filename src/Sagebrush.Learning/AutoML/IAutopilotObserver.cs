namespace Sagebrush.Learning.AutoML;

/// <summary>Is told how Autopilot goes on.</summary>
public interface IAutopilotObserver
{
    /// <summary>A stage begins.</summary>
    void Entered(AutopilotStage stage);

    /// <summary>The data are understood, and the features found.</summary>
    void Analyzed(AutopilotAnalysis analysis);

    /// <summary>A candidate was tried, or taken up from an interrupted search.</summary>
    /// <param name="candidate">The candidate.</param>
    /// <param name="model">Puts its model together in a folder; it may be called later, too, until the search ends.</param>
    void Tried(Candidate candidate, Func<string, AutopilotModel> model);
}
