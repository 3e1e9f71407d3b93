namespace Sagebrush.Compute.Execution;

/// <summary>How an executor gives an isolated job its own <c>/opt/ml</c>.</summary>
public enum IsolationMode
{
    /// <summary>Not at all: jobs find their tree through <c>SM_*</c> variables, at the path it has outside.</summary>
    None = 0,

    /// <summary>Mount and PID namespaces made with <c>unshare</c>; needs root.</summary>
    Namespaces = 1,

    /// <summary>Mount and PID namespaces made with <c>bwrap</c>, for users who are not root.</summary>
    Bubblewrap = 2,
}
