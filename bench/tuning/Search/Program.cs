using System.Globalization;
using Sagebrush.Learning.Search;
using Sagebrush.Tuning.Benchmarks;

// Usage: bench/tuning/run [TRIALS [SEEDS]]. How many trials Bayesian search needs for what random search reaches in TRIALS of them.
var folder = args[0];
var trials = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 30;
var seeds = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 10;
foreach (var (file, target, objective, metric) in ((string, string, string, string)[])
    [("abalone.csv", "rings", "reg:squarederror", "rmse"), ("customer-churn.csv", "Churn?", "binary:logistic", "logloss"), ("adult.csv", "income", "binary:logistic", "logloss")])
{
    using var problem = new BoostingProblem(Path.Combine(folder, file), target, objective, metric);
    List<int> needed = [];
    List<double> gains = [];
    for (var seed = 0; seed < seeds; seed++)
    {
        var random = Run(problem, new RandomSearch(BoostingProblem.Space, seed), trials, double.NegativeInfinity);
        var bayesian = Run(problem, new BayesianSearch(BoostingProblem.Space, seed + 1000), trials, double.NegativeInfinity);
        var best = random.Min();
        var reached = bayesian.FindIndex(value => value <= best) + 1;
        needed.Add(reached > 0 ? reached : trials + 1);
        gains.Add((best - bayesian.Min()) / best);
    }

    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{file,-20} random {trials} trials; Bayesian reached its best in {Median(needed.ConvertAll(n => (double)n)):0.0} (median of {seeds} seeds: {string.Join(' ', needed.Order())}); best {metric} {Median(gains):+0.00%;-0.00%} better"));
}

static List<double> Run(BoostingProblem problem, ISearchStrategy search, int trials, double enough)
{
    List<Evaluation> done = [];
    while (done.Count < trials && (done.Count == 0 || done[^1].Value > enough))
    {
        var point = search.Propose(new SearchHistory(done, [], done.Count))!;
        done.Add(new Evaluation(point, problem.Evaluate(point)));
    }

    return done.ConvertAll(evaluation => evaluation.Value);
}

static double Median(List<double> values)
{
    values.Sort();
    return (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
}
