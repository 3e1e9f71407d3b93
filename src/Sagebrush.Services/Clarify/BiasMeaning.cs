namespace Sagebrush.Services.Clarify;

/// <summary>What a measure of bias compares, in a line for the readers of a report.</summary>
internal static class BiasMeaning
{
    /// <summary>A measure's meaning; empty for one that is not known. "The group" are the rows of the facet's value, "the others" all other rows.</summary>
    /// <param name="metric">The measure's short name, such as <c>DPL</c>.</param>
    public static string Of(string metric) => metric switch
    {
        "CI" => "How much rarer the group is than the others. 0: as frequent; near 1: hardly there.",
        "DPL" => "Share of favorable labels among the others minus that in the group. 0: equal; above 0: the group gets fewer.",
        "JS" or "KL" or "KS" or "LP" or "TVD" => "How far the labels of both are distributed apart. 0: alike.",
        "CDDL" => "The group's share of unfavorable labels minus its share of favorable ones, within each subgroup. 0: equal.",
        "DPPL" => "Share of favorable predictions among the others minus that in the group. 0: equal; above 0: the group gets fewer.",
        "DI" => "Share of favorable predictions in the group divided by that among the others. 1: equal; below 0.8 is often taken for harm.",
        "CDDPL" => "The group's share of unfavorable predictions minus its share of favorable ones, within each subgroup. 0: equal.",
        "DCA" => "Favorable labels per favorable prediction, the others minus the group. 0: equal.",
        "DCR" => "Unfavorable labels per unfavorable prediction, the group minus the others. 0: equal.",
        "DAR" => "How often a favorable prediction is right (precision), the others minus the group. 0: equal.",
        "DRR" => "How often an unfavorable prediction is right, the group minus the others. 0: equal.",
        "AD" => "How often predictions are right (accuracy), the others minus the group. 0: equal.",
        "RD" => "Share of favorable labels that are found (recall), the others minus the group. 0: equal.",
        "SD" => "Share of unfavorable labels that are found (specificity), the group minus the others. 0: equal.",
        "TE" => "Wrong refusals per wrong acceptance, the group minus the others. 0: equal.",
        "FT" => "Whether rows of the group are predicted otherwise than the others most like them. 0: equal; below 0: the group gets less.",
        "GE" => "How unevenly the benefits of right and wrong predictions are spread over all rows. 0: evenly.",
        _ => "",
    };
}
