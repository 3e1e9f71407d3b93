namespace Sagebrush.Learning.AutoML;

/// <summary>A fold's model within a deployed one: the files of its features and of itself, and what its predictions weigh.</summary>
/// <param name="Algorithm">The learner.</param>
/// <param name="Pipeline">The file of its features.</param>
/// <param name="Model">Its file.</param>
/// <param name="Weight">What its predictions weigh in the answer; 0 for one that others stand on.</param>
/// <param name="Candidate">The candidate's number: the mean of its folds is what others stand on.</param>
/// <param name="Inputs">The candidates whose predictions are further features, by number; null for none. They come before it.</param>
internal sealed record ModelMember(string Algorithm, string Pipeline, string Model, double Weight, int Candidate = 0, IReadOnlyList<int>? Inputs = null);
