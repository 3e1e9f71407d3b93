namespace Sagebrush.Doctor;

/// <summary>How something is that the program leans on.</summary>
internal enum Health
{
    Good,

    /// <summary>Something is missing that only some work needs.</summary>
    Limited,

    /// <summary>The program cannot do its main job.</summary>
    Bad,
}
