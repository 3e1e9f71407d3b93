namespace Sagebrush.Learning.AutoML;

/// <summary>A fold's model within a deployed one: the files of its features and of itself, and what its predictions weigh.</summary>
internal sealed record ModelMember(string Algorithm, string Pipeline, string Model, double Weight);
