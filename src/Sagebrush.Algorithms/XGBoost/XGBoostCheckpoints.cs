using System.Globalization;
using Sagebrush.Learning.Trees.XGBoost;

namespace Sagebrush.Algorithms.XGBoost;

/// <summary>Keeps the newest models of a training in a folder, under the names SageMaker's container gives them.</summary>
/// <remarks>
/// A model is saved in full each time, so saving each round would cost the square of the rounds: a checkpoint is due after
/// a second, and later only when saving takes up at most a tenth of the time.
/// </remarks>
internal sealed class XGBoostCheckpoints
{
    private const string Prefix = "xgboost-checkpoint.";
    private const int Kept = 5;
    private const int CostShare = 10;

    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1);

    private readonly string _folder;
    private readonly TimeProvider _clock;
    private long _lastSaved;
    private TimeSpan _lastCost;

    public XGBoostCheckpoints(string folder, TimeProvider clock)
    {
        _folder = folder;
        _clock = clock;
        _lastSaved = clock.GetTimestamp();
        Directory.CreateDirectory(folder);
    }

    /// <summary>Loads the newest readable checkpoint into a booster.</summary>
    /// <returns>Number of rounds done; 0 without a checkpoint.</returns>
    public int Resume(Booster booster, TrainingLog log)
    {
        foreach (var (round, path) in List())
        {
            try
            {
                booster.Load(File.ReadAllBytes(path));
                log.Info($"Checkpoint loaded from {path}");
                log.Info($"Resuming from iteration {round + 1}");
                return round + 1;
            }
            catch (XGBoostException e)
            {
                log.Warning($"The checkpoint {path} cannot be read and is passed over: {e.Reason}");
            }
        }

        return 0;
    }

    /// <summary>Saves a checkpoint when one is due.</summary>
    public void SaveWhenDue(Booster booster, int round)
    {
        var since = _clock.GetElapsedTime(_lastSaved);
        if (since >= ShortestInterval && since >= _lastCost * CostShare)
        {
            Save(booster, round);
        }
    }

    /// <summary>Saves a checkpoint.</summary>
    /// <param name="booster">The model.</param>
    /// <param name="round">The last round done, from 0.</param>
    public void Save(Booster booster, int round)
    {
        var start = _clock.GetTimestamp();
        AtomicFile.Write(Path.Combine(_folder, Prefix + round.ToString(CultureInfo.InvariantCulture)), booster.Save());
        foreach (var (_, path) in List().Skip(Kept))
        {
            File.Delete(path);
        }

        _lastSaved = _clock.GetTimestamp();
        _lastCost = _clock.GetElapsedTime(start, _lastSaved);
    }

    private List<(int Round, string Path)> List() =>
    [
        .. Directory.EnumerateFiles(_folder, Prefix + "*")
            .Select(path => (
                Round: int.TryParse(Path.GetFileName(path).AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var round) ? round : -1,
                Path: path))
            .Where(file => file.Round >= 0)
            .OrderByDescending(file => file.Round),
    ];
}
